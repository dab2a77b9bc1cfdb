"""The demonstration district: invented shops and people, and a year of what happens at their doors.

It is told in the order of time, through the services wherever speed permits; what is written in
bulk are the very rows and ledger entries the services would write. Chance comes from one seed, so
the same seed and day make the same district to the last hash.
"""
