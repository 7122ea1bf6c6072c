"""Which qualifications a declared title may mean: for certain (candidates), or likely (suggestions).

A qualification is a candidate of a title if the title

- is its title (`whole`: spelt out, the same from beginning to end),
- was cut within a word at a field's width and is the beginning of its title (`cut`),
- contradicts nothing that its title and the register say of level, size and organisation, has every word of its subject
  and no word that is not in its title (`words`), or
- carries its number, and the title's words mean no other (`number`).

The first of these that finds anything decides, but that `words` and `cut` count as one. Everything here is set-based over
distinct titles; `assets.linked.declarations` tells what declarations make of it.
"""

import duckdb

from assets.linked.titles import read_declared, read_likely, read_register, title_reader

_SAME_LEVEL = "list_has_all(register.levels, declared.levels)"
_SAME_SIZE = "(declared.sizes = [] OR declared.sizes = register.sizes)"
_SAME_ORGANISATION = (
    "(declared.organisations IS NULL OR list_contains(declared.organisations, register.awarding_organisation_rn))"
)

# Level and size are given if the title gives what the qualification's own title gives.
_GIVEN = """
    (declared.levels <> [] OR NOT register.gives_level) AS level_given,
    (declared.sizes <> [] OR register.sizes = []) AS size_given
"""

#: So many characters of a title that begins another are compared at once.
_BEGINNING = 20

_WHOLE = """
SELECT declared.title, register.qualification_number, 'whole' AS found_by, true AS level_given, true AS size_given
FROM temp.declared_title AS declared
INNER JOIN temp.register_title AS register ON declared.whole = register.whole
"""

# Ending within a word shows that a title was cut, and is not merely put shortly; it may have been cut between words all the
# same, so that every title which it begins is a candidate.
_CUT = f"""
SELECT declared.title, register.qualification_number, 'cut' AS found_by, true AS level_given, true AS size_given
FROM temp.declared_title AS declared
INNER JOIN temp.register_title AS register
    ON
        left(declared.plain, {_BEGINNING}) = left(register.plain, {_BEGINNING})
        AND starts_with(register.plain, declared.plain)
WHERE list_contains(?, length(declared.title))
QUALIFY bool_or(substr(register.plain, length(declared.plain) + 1, 1) NOT IN (' ', '')) OVER (PARTITION BY declared.title)
"""

# The title has the subject's words, and no others but brands and numbers that the qualification's own title has too.
_SAME_SUBJECT = """
FROM (SELECT *, unnest(subjects) AS subject FROM temp.{titles}) AS declared
INNER JOIN temp.register_title AS register
    ON declared.subject = register.subject AND list_has_all(register.words, declared.words)
"""

_WORDS = f"""
SELECT declared.title, register.qualification_number, 'words' AS found_by, {_GIVEN}
{_SAME_SUBJECT.format(titles="declared_title")}
WHERE {_SAME_LEVEL} AND {_SAME_SIZE} AND {_SAME_ORGANISATION}
"""

_NUMBER = """
SELECT declared.title, declared.number AS qualification_number, 'number' AS found_by, true AS level_given, true AS size_given
FROM (SELECT title, unnest(numbers) AS number FROM temp.declared_title) AS declared
INNER JOIN temp.register_title AS register ON declared.number = register.qualification_number
"""

# A number in the title decides where the title's words do not contradict it; otherwise both stand. Among the rest, the
# whole title comes before titles with words left out or cut.
_CANDIDATES = f"""
CREATE OR REPLACE TEMP TABLE title_candidate AS
WITH found AS ({_WHOLE} UNION ALL {_CUT} UNION ALL {_WORDS} UNION ALL {_NUMBER}),
title AS (
    SELECT
        title,
        bool_or(found_by = 'whole') AS is_whole,
        list(DISTINCT qualification_number) FILTER (found_by = 'number') AS numbers,
        list(DISTINCT qualification_number) FILTER (found_by <> 'number') AS worded
    FROM found
    GROUP BY title
)
SELECT
    found.title,
    found.qualification_number,
    bool_or(found.level_given) AS level_given,
    bool_or(found.size_given) AS size_given
FROM found
INNER JOIN title ON found.title = title.title
WHERE
    CASE
        WHEN len(title.numbers) = 1 AND list_has_all(coalesce(title.worded, title.numbers), title.numbers)
            THEN found.qualification_number = title.numbers[1]
        ELSE found.found_by IN ('whole', 'number') OR NOT title.is_whole
    END
GROUP BY found.title, found.qualification_number
"""


def find_candidates(connection: duckdb.DuckDBPyConnection, titles: list[str]) -> None:
    """Creates `temp.title_candidate` for distinct titles, from `standardised.qualifications`.

    Columns: title, qualification_number, and whether the title gives the level (level_given) and the size (size_given)
    that the qualification's own title gives; one row for each qualification that the title may mean. Leaves
    `temp.declared_title` and `temp.register_title`.
    """
    read_declared(connection, titles)
    read_register(connection)
    connection.execute(_CANDIDATES, [list(title_reader().lists.cut_at)])


#: A likely qualification has at least so much of all words, its own and the title's, in common with the title.
_ALIKE = 0.6

_NOT_CERTAIN = f"""
    declared.title,
    register.qualification_number,
    {_SAME_LEVEL} AS same_level,
    {_SAME_SIZE} AS same_size,
    {_SAME_ORGANISATION} AS same_organisation,
    {_GIVEN}
"""

# Titles that are merely alike are looked for by the word that fewest qualifications have.
_SUGGESTIONS = f"""
CREATE OR REPLACE TEMP TABLE title_suggestion AS
WITH word AS (
    SELECT qualification_number, unnest(words) AS word FROM temp.register_title
),
telling AS (
    SELECT title, arg_min(said.word, (frequency.qualifications, said.word)) AS word
    FROM (SELECT title, unnest(words) AS word FROM temp.likely_title WHERE why = '') AS said
    INNER JOIN (SELECT word, count(*) AS qualifications FROM word GROUP BY word) AS frequency ON said.word = frequency.word
    GROUP BY title
),
compared AS (
    SELECT {_NOT_CERTAIN}, declared.why, 1.0 AS alike
    {_SAME_SUBJECT.format(titles="likely_title")}
    UNION ALL
    SELECT {_NOT_CERTAIN}, 'the title may be cut short' AS why, 0.9 AS alike
    FROM temp.likely_title AS declared
    INNER JOIN temp.register_title AS register
        ON
            declared.why = ''
            AND left(declared.plain, {_BEGINNING}) = left(register.plain, {_BEGINNING})
            AND starts_with(register.plain, declared.plain)
    UNION ALL
    SELECT
        {_NOT_CERTAIN},
        'the words differ' AS why,
        len(list_intersect(declared.words, register.words)) / len(list_distinct(declared.words || register.words)) AS alike
    FROM temp.likely_title AS declared
    INNER JOIN telling ON declared.title = telling.title AND declared.why = ''
    INNER JOIN word ON telling.word = word.word
    INNER JOIN temp.register_title AS register
        ON
            word.qualification_number = register.qualification_number
            AND len(register.words) BETWEEN {_ALIKE} * len(declared.words) AND len(declared.words) / {_ALIKE}
)
SELECT
    title,
    qualification_number,
    alike,
    same_level::INTEGER + same_size::INTEGER + same_organisation::INTEGER AS agreements,
    concat_ws(
        '; ',
        nullif(why, ''),
        CASE WHEN NOT same_level THEN 'another level' WHEN NOT level_given THEN 'no level given' END,
        CASE WHEN NOT same_size THEN 'another size' WHEN NOT size_given THEN 'no size given' END,
        CASE WHEN NOT same_organisation THEN 'another organisation' END
    ) AS why
FROM compared
WHERE alike >= {_ALIKE}
QUALIFY row_number() OVER (PARTITION BY title, qualification_number ORDER BY alike DESC, why) = 1
"""


def find_suggestions(connection: duckdb.DuckDBPyConnection, titles: list[str]) -> None:
    """Creates `temp.title_suggestion` for distinct titles, after `find_candidates`.

    Columns: title, qualification_number, alike (share of words in common, in [0, 1]), agreements (how many
    of level, size and organisation agree), why (words on what is not certain); one row for each qualification that the
    title is likely to mean.
    """
    read_likely(connection, titles)
    connection.execute(_SUGGESTIONS)
