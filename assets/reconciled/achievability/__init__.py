"""Achievability: from unit entries and results to what can still be awarded, and what has to be done for it.

`held` reads the specification files, `registrations` writes `reconciled.achievability`, `unit_states` reads the
warehouse, `engine` answers for situations; `rule`, `selection` and `choices` find the best selection, `actions` and
`action_search` the smallest set of units to enter or claim, `clashes` the smallest set of constraints that cannot be
met, `words` puts both into sentences. What a specification may say belongs in `schemas.specification`, what is flagged
in `sql/flags`.
"""
