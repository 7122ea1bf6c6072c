"""Which qualification a UCAS applicant's declaration means: by its number if that is known, else by its title.

What a title may mean is `assets.linked.title_candidates`; here that is narrowed by what else was declared, the
organisation and the month of the award. What a disagreement or an unresolved declaration leads to is a flag's business.
"""

import duckdb

from assets.linked.title_candidates import find_candidates, find_suggestions

#: So many qualifications are suggested at most where there is no candidate.
_MOST_SUGGESTIONS = 5

# Applicants declare few titles over and over: each is read once, and what it means looked up once for each organisation
# and month that it was declared with.
_MEANINGS = """
CREATE OR REPLACE TEMP TABLE title_meaning AS
SELECT row_number() OVER () AS meaning, title, awarding_organisation_rn, award_month
FROM (
    SELECT DISTINCT title, awarding_organisation_rn, award_month
    FROM standardised.ucas_qualifications
    WHERE title IS NOT NULL
)
"""

# Nothing is awarded before a qualification begins or after its certification ends: that tells an old qualification from its
# successor. Where it would rule out every candidate the month is wrong, or the declaration is, and all of them stand.
_POSSIBLE = """(
    coalesce(strptime(meaning.award_month, '%Y-%m')::DATE <= register.certification_end_date, true)
    AND coalesce(last_day(strptime(meaning.award_month, '%Y-%m')::DATE) >= register.operational_start_date, true)
)"""

_MEANT = f"""
CREATE OR REPLACE TEMP TABLE meant AS
SELECT
    meaning.meaning,
    candidate.qualification_number,
    register.awarding_organisation_rn,
    candidate.level_given AND candidate.size_given AS is_complete
FROM temp.title_meaning AS meaning
INNER JOIN temp.title_candidate AS candidate ON meaning.title = candidate.title
INNER JOIN temp.register_title AS register ON candidate.qualification_number = register.qualification_number
WHERE coalesce(meaning.awarding_organisation_rn, register.awarding_organisation_rn) = register.awarding_organisation_rn
QUALIFY {_POSSIBLE} OR NOT bool_or({_POSSIBLE}) OVER (PARTITION BY meaning.meaning)
"""

# A title that gives no level or size resolves to none, though only one qualification may be held that fits it.
_DECIDED = """
CREATE OR REPLACE TEMP TABLE decided AS
SELECT
    meaning.meaning,
    meaning.title,
    meaning.awarding_organisation_rn AS declared_rn,
    meaning.award_month,
    count(meant.meaning) AS candidates,
    coalesce(bool_or(meant.is_complete), false) AS is_complete,
    CASE WHEN count(meant.meaning) = 1 AND bool_and(meant.is_complete) THEN min(meant.qualification_number) END
        AS qualification_number,
    coalesce(
        meaning.awarding_organisation_rn,
        CASE WHEN count(DISTINCT meant.awarding_organisation_rn) = 1 THEN min(meant.awarding_organisation_rn) END,
        CASE WHEN len(any_value(declared.organisations)) = 1 THEN any_value(declared.organisations[1]) END
    ) AS awarding_organisation_rn
FROM temp.title_meaning AS meaning
INNER JOIN temp.declared_title AS declared ON meaning.title = declared.title
LEFT JOIN temp.meant AS meant ON meaning.meaning = meant.meaning
GROUP BY meaning.meaning, meaning.title, meaning.awarding_organisation_rn, meaning.award_month
"""

# The title disagrees with a known number if it names a level, a size and a subject, and that qualification does not fit it.
_DECLARED = """
CREATE OR REPLACE TEMP TABLE declared_meaning AS
SELECT
    declared.personal_id,
    declared.declared_number,
    decided.meaning,
    coalesce(meant.awarding_organisation_rn, declared.awarding_organisation_rn, decided.awarding_organisation_rn)
        AS awarding_organisation_rn,
    meant.qualification_number,
    meant.suite,
    CASE
        WHEN known.qualification_number IS NOT NULL THEN 'number'
        WHEN decided.qualification_number IS NOT NULL THEN 'title'
        WHEN decided.candidates > 1 THEN 'several_candidates'
        ELSE 'no_candidate'
    END AS resolution,
    coalesce(known.qualification_number IS NOT NULL AND decided.is_complete AND fits.title IS NULL, false)
        AS number_and_title_disagree
FROM standardised.ucas_qualifications AS declared
LEFT JOIN standardised.qualifications AS known ON declared.qualification_number = known.qualification_number
LEFT JOIN temp.decided AS decided
    ON
        declared.title = decided.title
        AND declared.awarding_organisation_rn IS NOT DISTINCT FROM decided.declared_rn
        AND declared.award_month IS NOT DISTINCT FROM decided.award_month
LEFT JOIN temp.title_candidate AS fits
    ON declared.title = fits.title AND known.qualification_number = fits.qualification_number
LEFT JOIN standardised.qualifications AS meant
    ON coalesce(known.qualification_number, decided.qualification_number) = meant.qualification_number
"""

_RESULT = """
CREATE OR REPLACE TABLE linked.declared_qualifications AS
SELECT
    personal_id,
    declared_number,
    awarding_organisation_rn,
    qualification_number,
    suite,
    resolution,
    number_and_title_disagree
FROM temp.declared_meaning
"""

_WITHOUT_CANDIDATE = "SELECT DISTINCT title FROM temp.decided WHERE candidates < 2 AND qualification_number IS NULL"

# Of the likely qualifications of a meaning those are suggested that agree with it in most: level, size and organisation as
# the title says, organisation and month as declared.
_SUGGESTED = f"""
CREATE OR REPLACE TEMP TABLE suggested AS
WITH likely AS (
    SELECT
        meaning.meaning,
        suggestion.qualification_number,
        suggestion.alike,
        concat_ws(
            '; ',
            nullif(suggestion.why, ''),
            CASE WHEN NOT same_organisation THEN 'declared for another organisation' END
        ) AS why,
        suggestion.agreements + same_organisation::INTEGER + {_POSSIBLE}::INTEGER AS agreements
    FROM temp.decided AS meaning
    INNER JOIN temp.title_suggestion AS suggestion ON meaning.title = suggestion.title
    INNER JOIN temp.register_title AS register ON suggestion.qualification_number = register.qualification_number
    CROSS JOIN LATERAL (
        SELECT coalesce(meaning.declared_rn, register.awarding_organisation_rn) = register.awarding_organisation_rn
            AS same_organisation
    )
    WHERE meaning.candidates < 2 AND meaning.qualification_number IS NULL
    QUALIFY agreements = max(agreements) OVER (PARTITION BY meaning.meaning)
)
SELECT meaning, qualification_number, why
FROM likely
QUALIFY row_number() OVER (PARTITION BY meaning ORDER BY alike DESC, qualification_number) <= {_MOST_SUGGESTIONS}
"""

_CANDIDATES = """
CREATE OR REPLACE TABLE linked.declaration_candidates AS
SELECT
    declared.personal_id,
    declared.declared_number,
    meant.qualification_number,
    false AS suggested,
    CAST(NULL AS VARCHAR) AS why
FROM temp.declared_meaning AS declared
INNER JOIN temp.meant AS meant ON declared.meaning = meant.meaning
WHERE declared.resolution = 'several_candidates' OR declared.number_and_title_disagree
UNION ALL
SELECT
    declared.personal_id,
    declared.declared_number,
    suggested.qualification_number,
    true AS suggested,
    suggested.why
FROM temp.declared_meaning AS declared
INNER JOIN temp.suggested AS suggested ON declared.meaning = suggested.meaning
WHERE declared.resolution = 'no_candidate'
"""

_COUNTS = """
SELECT resolution, count(*), count(*) FILTER (number_and_title_disagree)
FROM linked.declared_qualifications
GROUP BY resolution
"""

_RESOLUTIONS = ("number", "title", "no_candidate", "several_candidates")

_STEPS = (
    "declared_title register_title likely_title title_candidate title_suggestion title_meaning meant decided suggested"
)


def resolve_declarations(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Creates `linked.declared_qualifications` and `linked.declaration_candidates` from `standardised.*`.

    `declared_qualifications`, one row for each row of `ucas_qualifications`: personal_id, declared_number,
    awarding_organisation_rn (that of the qualification meant, else the declared one, else the one that all candidates or
    the title's words name), qualification_number and suite (empty: unresolved), resolution (`number`: the number is known;
    `title`: the title means exactly one qualification for certain; `several_candidates`; `no_candidate`),
    number_and_title_disagree (the number is known, and the title names a qualification that it is not).

    `declaration_candidates`: personal_id, declared_number, qualification_number, suggested, why. Where suggested is false
    the title may mean the qualification (of `several_candidates`), or means it while the number is another's; where it is
    true it is merely likely (of `no_candidate`), and why says in words what is not certain.

    Returns:
        counts `declarations`, `number_and_title_disagree`, and one for each resolution.
    """
    connection.execute(_MEANINGS)
    find_candidates(connection, _titles(connection, "SELECT DISTINCT title FROM temp.title_meaning"))
    for statement in (_MEANT, _DECIDED, _DECLARED, _RESULT):
        connection.execute(statement)
    find_suggestions(connection, _titles(connection, _WITHOUT_CANDIDATE))
    connection.execute(_SUGGESTED)
    connection.execute(_CANDIDATES)
    rows = connection.execute(_COUNTS).fetchall()
    for table in (*_STEPS.split(), "declared_meaning"):
        connection.execute(f"DROP TABLE temp.{table}")
    by_resolution = {resolution: count for resolution, count, _ in rows}
    return {
        "declarations": sum(by_resolution.values()),
        "number_and_title_disagree": sum(disagree for _, _, disagree in rows),
        **{resolution: by_resolution.get(resolution, 0) for resolution in _RESOLUTIONS},
    }


def _titles(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return sorted(title for (title,) in connection.execute(query).fetchall())
