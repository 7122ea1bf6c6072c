"""What things mean: fields, feed contracts, published tables, code lists, specifications.

Every meaning is declared here once and projected elsewhere (Pandera checks, DuckDB tables and comments, Dagster column
schemas, the data dictionary). What reads or writes data belongs in `assets`, what runs it in `pipelines`. Nothing in
this room imports from either.
"""
