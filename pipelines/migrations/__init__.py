"""Changes of the operations ledger's tables over time, applied by `pipelines.ledger_database` when it opens a ledger.

A migration that has been released is never edited; another one follows it.
"""
