"""Mappings: what a source file says of a table of any layout, and how its columns become those of the feeds.

`options` is what can be said, `formats` how dates are written, `headings` finds columns by their names, `values` turns
cells into canonical text, `damage` knows what spreadsheets do to values, `tables` puts the parts together. How a table
gets out of its file is the business of the readers `delimited` and `workbook`. What a canonical value must be is told
in `schemas`.
"""
