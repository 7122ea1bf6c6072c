"""Which qualification a UCAS applicant's declaration means: by its number if that is known, else by its title.

Titles are compared by equality of their standardised form (`assets.standardised.names.title_key`). What a disagreement
or an unresolved declaration leads to is a flag's business.
"""

import duckdb

from assets.standardised.names import title_key

# Applicants declare few titles over and over: each is standardised once.
_TITLES = f"""
CREATE OR REPLACE TEMP TABLE declared_title AS
SELECT title, {title_key("title")} AS title_std
FROM (SELECT DISTINCT title FROM standardised.ucas_qualifications WHERE title IS NOT NULL)
"""

# Without an awarding organisation a title may mean any organisation's qualification. At most two numbers are needed to
# know whether there is one candidate; all of them are listed in linked.declaration_candidates.
_MEANINGS = f"""
CREATE OR REPLACE TEMP TABLE title_meaning AS
WITH entitled AS (
    SELECT qualification_number, awarding_organisation_rn, {title_key("title")} AS title_std
    FROM standardised.qualifications
)
SELECT
    title_std,
    awarding_organisation_rn,
    count(*) AS candidates,
    min(qualification_number) AS qualification_number
FROM entitled
WHERE title_std IS NOT NULL
GROUP BY GROUPING SETS ((title_std, awarding_organisation_rn), (title_std))
"""

_DECLARED = """
CREATE OR REPLACE TABLE linked.declared_qualifications AS
WITH declaration AS (
    SELECT
        declared.personal_id,
        declared.declared_number,
        declared.awarding_organisation_rn,
        known.qualification_number AS by_number,
        title_meaning.candidates,
        CASE WHEN title_meaning.candidates = 1 THEN title_meaning.qualification_number END AS by_title
    FROM standardised.ucas_qualifications AS declared
    LEFT JOIN standardised.qualifications AS known ON declared.qualification_number = known.qualification_number
    LEFT JOIN declared_title ON declared.title = declared_title.title
    LEFT JOIN title_meaning
        ON
            declared_title.title_std = title_meaning.title_std
            AND declared.awarding_organisation_rn IS NOT DISTINCT FROM title_meaning.awarding_organisation_rn
)
SELECT
    declaration.personal_id,
    declaration.declared_number,
    COALESCE(meant.awarding_organisation_rn, declaration.awarding_organisation_rn) AS awarding_organisation_rn,
    meant.qualification_number,
    meant.suite,
    CASE
        WHEN declaration.by_number IS NOT NULL THEN 'number'
        WHEN declaration.by_title IS NOT NULL THEN 'title'
        WHEN declaration.candidates > 1 THEN 'several_candidates'
        ELSE 'no_candidate'
    END AS resolution,
    COALESCE(declaration.by_number <> declaration.by_title, false) AS number_and_title_disagree
FROM declaration
LEFT JOIN standardised.qualifications AS meant
    ON COALESCE(declaration.by_number, declaration.by_title) = meant.qualification_number
"""

_CANDIDATES = f"""
CREATE OR REPLACE TABLE linked.declaration_candidates AS
SELECT declared.personal_id, declared.declared_number, candidate.qualification_number
FROM linked.declared_qualifications AS resolved
INNER JOIN standardised.ucas_qualifications AS declared
    ON resolved.personal_id = declared.personal_id AND resolved.declared_number = declared.declared_number
INNER JOIN declared_title ON declared.title = declared_title.title
INNER JOIN standardised.qualifications AS candidate
    ON
        declared_title.title_std = {title_key("candidate.title")}
        AND COALESCE(declared.awarding_organisation_rn, candidate.awarding_organisation_rn)
        = candidate.awarding_organisation_rn
WHERE resolved.resolution = 'several_candidates'
"""

_COUNTS = """
SELECT resolution, count(*), count(*) FILTER (number_and_title_disagree)
FROM linked.declared_qualifications
GROUP BY resolution
"""

_RESOLUTIONS = ("number", "title", "no_candidate", "several_candidates")


def resolve_declarations(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Creates `linked.declared_qualifications` and `linked.declaration_candidates` from `standardised.*`.

    `declared_qualifications`, one row for each row of `ucas_qualifications`: personal_id, declared_number,
    awarding_organisation_rn (that of the qualification meant, else the declared one), qualification_number and suite
    (empty: unresolved), resolution (`number`: the number is known; `title`: the title resolves to exactly one
    qualification, of the declared organisation if there is one; `no_candidate`; `several_candidates`),
    number_and_title_disagree (the number is known, and the title resolves to exactly one other qualification).
    `declaration_candidates`: personal_id, declared_number, qualification_number, where there are several.

    Returns:
        counts `declarations`, `number_and_title_disagree`, and one for each resolution.
    """
    for statement in (_TITLES, _MEANINGS, _DECLARED, _CANDIDATES):
        connection.execute(statement)
    rows = connection.execute(_COUNTS).fetchall()
    for table in ("declared_title", "title_meaning"):
        connection.execute(f"DROP TABLE temp.{table}")
    by_resolution = {resolution: count for resolution, count, _ in rows}
    return {
        "declarations": sum(by_resolution.values()),
        "number_and_title_disagree": sum(disagree for _, _, disagree in rows),
        **{resolution: by_resolution.get(resolution, 0) for resolution in _RESOLUTIONS},
    }
