"""What exists: one sub-package a layer, asset bodies of a few lines that call functions on a given DuckDB connection.

Nothing here opens the warehouse, reads a clock or knows a path of its own: those come from `pipelines`.
"""
