"""Achievability: from unit entries and results to what can still be awarded, and what has to be done for it. Exact.

From the outside in: `registrations` writes the tables (`tables`), `held` reads the specification files and `proof` proves
them by solving, `unit_states` reads the warehouse (`unit_state_sql`, `specification_tables`, `last_days`), `engine` answers
for distinct situations under every rule they may be under (`judged`: one rule), `situation_units` says what each unit has
to do with it, `fallbacks` asks smaller sizes.

The answer itself: `rule` turns a combination into numbers, `scopes` and `offers` say how each column can be held,
`selection` finds the most worth (`supply`, `shares`, `takings`; `programme` where there are too many sums), `grades` makes
grades of it, `actions` the smallest set of entries and claims, `counted` the selection itself, `clashes` the smallest set
of constraints that cannot be met, `words` the sentences. `evaluation` judges a selection without any search.

What a specification may say belongs in `schemas.specification_language`, what is flagged in `sql/flags`.
"""
