"""Linking by weight of evidence: what the deterministic stages leave open is scored by a trained model (Splink).

The model is a file (`schemas/match_models`), read by `model`, made by `training` and never changed by a nightly run.
Pairs are found by `blocking`, weighed by `scoring`, offered by `linker`; which of them stand is settled for the whole set
at once by `resolution`; what a person must decide is laid out by `review`.
"""
