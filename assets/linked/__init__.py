"""Who is who, and what is what: people across feeds, centres across renumbering, qualifications across titles.

Stages are listed in `schemas.link_stages`. What a disagreement between linked records means is a flag's business
(`sql/flags`); people's decisions about links belong to the decisions store.
"""
