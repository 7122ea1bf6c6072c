"""The published layer: the tables and pages that people read, and the gate that holds an unlikely publication back.

Nothing is judged here that a flag could judge: rules stand in `sql/flags`. Writing the publication's file belongs in
`pipelines`.
"""
