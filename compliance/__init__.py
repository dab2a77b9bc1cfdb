"""The rules: who promised what, what was seen, what was decided.

Slices, lowest first; a slice imports only from lines above it (`tests/guards` holds it):

    errors · act · record       refusals; who acts and when; the base of every table
    ledger                      one hash chain per subject
    notifications               the outbox, written with the fact it reports
    accounts                    people, roles, what each may do
    places                      townships and lanes
    catalogue                   what is looked at, and the working-day calendar
    merchants                   premises, tenancies, merchants, their door codes
    notices                     the four notices: texts, issue, signing
    contracts                   waste contracts on the official form: sent in, checked
    votes                       covenants adopted by the shops of a street
    findings                    what was found wrong, and how it came to its end
    patrols                     what was seen at a door, and by whom
    coverage                    the five slots of every tenancy
    reviews                     the association decides
    erasures                    personal data goes by law, and every hash still holds
    print_jobs                  plates and posters ordered, printed, released
    doors                       what a door shows to anybody
"""
