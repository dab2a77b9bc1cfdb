"""The rules: who promised what, what was seen, what was decided.

Slices, lowest first; a slice imports only from lines above it (`tests/guards` holds it):

    errors · act · record       refusals; who acts and when; the base of every table
    ledger                      one hash chain per subject
    schedules                   whose turn it is to do what comes round
    notifications               the outbox, written with the fact it reports
    accounts                    people, roles, what each may do
    places                      townships and lanes
    devices                     phones that patrollers log with: enrolled, lost, wiped
    catalogue                   what is looked at, and the working-day calendar
    plans                       inspection plans: what an inspection stands under
    merchants                   premises, tenancies, merchants, their door codes
    pauses                      times in which clocks stand still
    messages                    what was told to whom, letters, what was given up
    notices                     the four notices: texts, issue, signing
    contracts                   waste contracts on the official form: sent in, checked
    votes                       covenants adopted by the shops of a street
    findings                    what was found wrong, and how it came to its end
    patrols                     what was seen at a door, and by whom
    suspect_codes               codes at a door that are not ours, reported and dealt with
    quarantine                  sealed records of lost phones, until the desk decides
    coverage                    the five slots of every tenancy
    red_list                    shops named for good order
    grades                      the colour of a shop, every point traced to its entry
    reviews                     the association decides
    erasures                    personal data goes by law, and every hash still holds
    print_jobs                  plates and posters ordered, printed, released
    draws                       shops and officers drawn by a seed that can be checked
    rounds                      which doors a patroller goes to next, and what the phone takes along
    doors                       what a door shows to anybody
"""
