"""The standardised layer: of all the rows that were delivered, those in force, one typed table a feed.

Reading files, checking rows and quarantining them belongs in `assets.landed`; who is who belongs in `assets.linked`.
Nothing here changes a value: a row is in force or it is superseded, and the row ledger accounts for every one.
"""
