"""The reconciled layer: where the sides stand beside each other, what each learner can still achieve, and one table a flag.

Statements about the data are SQL files in `sql`; here they are found, read and built. Who is who belongs in
`assets.linked`, what is shown to whom in `assets.published`.
"""
