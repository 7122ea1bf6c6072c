"""The landed layer: files taken in, rows checked, every one accounted for.

Bytes first, parser second: `deliveries` finds files, `intake` copies and hashes them, `unpacking` makes plain UTF-8 of
them, `reading` and `parquet_reading` split them into records, `canonical`, `validating` and `duplicates` judge these,
`parsing` writes the outcome and `landing` the tables `landed.deliveries` and `landed.quarantine`. What happens to valid
rows over several deliveries belongs in `assets.standardised`; what a column means in `schemas`.
"""
