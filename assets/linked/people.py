"""The records of people of the three feeds that name them, side by side in the form in which they are compared.

`linked.people` has one row for each standardised row. It is a view: what it says follows from the standardised rows, and
need not be kept twice. Rows of one reference of one sender that say the same of their person are one record; linking
works on records (temporary table `link_record`). Who is linked to whom is decided in `assets.linked.clusters`.
"""

from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa
from nicknames import name_triplets

from assets.linked.match_keys import uci_key, uci_number, uln_key, uln_number
from assets.standardised.names import (
    forename_key,
    other_forenames_key,
    plain_name,
    postcode_key,
    surname_key,
    without_title,
)
from schemas.nicknames import SHORT_FORMS

#: Columns of the natural keys of the three feeds; each row fills those of its feed.
KEY_COLUMNS = (
    "feed",
    "personal_id",
    "centre_number",
    "centre_learner_reference",
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
)

#: What a sender calls the person by: rows that agree in all of these are one sender's for one reference.
SENDER_COLUMNS = ("centre_number", "centre_learner_reference", "awarding_organisation_rn", "registration_number")

#: What a record says of its person. Rows of one reference that agree in all of these are one record.
MATCH_COLUMNS = (
    "surname_std",
    "previous_surname_std",
    "forename_std",
    "other_forenames_std",
    "surname_length",
    "forenames_length",
    "date_of_birth",
    "sex",
    "uln_key",
    "uci_key",
    "personal_id_key",
    "postcode_std",
    "current_centre_number",
)

#: Feeds in which one person has one row at most: two rows are two people, or one who applied twice.
ONE_ROW_EACH = frozenset({"ucas_applicants"})

#: The three feeds under common names. `held_*` are the values that are not part of the feed's natural key.
FEEDS_OF_PEOPLE = """
SELECT
    rowid * 3 AS person_row,
    'ao_registrations' AS feed,
    NULL AS personal_id, NULL AS centre_number, NULL AS centre_learner_reference,
    awarding_organisation_rn, registration_number, qualification_number,
    surname, NULL AS previous_surname, forename AS forenames, date_of_birth, sex, uln, uci, postcode,
    NULL AS held_personal_id, centre_number AS held_centre_number
FROM standardised.ao_registrations
UNION ALL
SELECT
    rowid * 3 + 1,
    'centre_registrations',
    NULL, centre_number, centre_learner_reference, NULL, NULL, qualification_number,
    surname, NULL, forename, date_of_birth, sex, uln, uci, postcode, personal_id, centre_number
FROM standardised.centre_registrations
UNION ALL
SELECT
    rowid * 3 + 2,
    'ucas_applicants',
    personal_id, NULL, NULL, NULL, NULL, NULL,
    surname, previous_surname, forenames, date_of_birth, sex, uln, NULL, postcode, personal_id, centre_number
FROM standardised.ucas_applicants
"""


def people_of(held: str, known_personal_ids: str, successors: str, further: Sequence[str] = ()) -> str:
    """The SELECT that brings rows of people into the form in which they are compared.

    Args:
        held: a SELECT like that of the three feeds.
        known_personal_ids: table whose `personal_id` holds the applicants': one that nobody has is a slip of the pen, and
            contradicts nobody.
        successors: table like `linked.centre_successors`.
        further: further columns of `held`, passed on as they are.
    """
    return f"""
    WITH held AS ({held}),
    plain AS (
        SELECT
            *,
            {plain_name("surname")} AS plain_surname,
            {plain_name("previous_surname")} AS plain_previous_surname,
            {plain_name("forenames")} AS plain_forenames,
            {uln_number("uln")} AS uln_number,
            {uci_number("uci")} AS uci_number
        FROM held
    ),
    read AS (
        SELECT
            *,
            {without_title("plain_surname")} AS surname_text,
            {without_title("plain_previous_surname")} AS previous_surname_text,
            {without_title("plain_forenames")} AS forenames_text
        FROM plain
    )
    SELECT
        CAST(read.person_row AS INTEGER) AS person_row,
        {", ".join("read." + column for column in (*KEY_COLUMNS, *further))},
        {surname_key("read.surname_text")} AS surname_std,
        {surname_key("read.previous_surname_text")} AS previous_surname_std,
        {forename_key("read.forenames_text")} AS forename_std,
        {other_forenames_key("read.forenames_text")} AS other_forenames_std,
        CAST(length(read.surname) AS SMALLINT) AS surname_length,
        CAST(length(read.forenames) AS SMALLINT) AS forenames_length,
        read.date_of_birth,
        nullif(read.sex, 'U') AS sex,
        {uln_key("read.uln", "read.uln_number")} AS uln_key,
        {uci_key("read.uci", "read.uci_number")} AS uci_key,
        applicant.personal_id AS personal_id_key,
        {postcode_key("read.postcode")} AS postcode_std,
        COALESCE(successor.current_centre_number, read.held_centre_number) AS current_centre_number
    FROM read
    LEFT JOIN {known_personal_ids} AS applicant ON read.held_personal_id = applicant.personal_id
    LEFT JOIN {successors} AS successor ON read.held_centre_number = successor.centre_number
    """


_PEOPLE = f"""
CREATE OR REPLACE VIEW linked.people AS
{people_of(FEEDS_OF_PEOPLE, "standardised.ucas_applicants", "linked.centre_successors")}
"""

# A row that names its person by a sender's own reference; others (UCAS has one row for a person) stand for themselves.
_REFERRED = "(centre_learner_reference IS NOT NULL OR registration_number IS NOT NULL)"


def build_records(
    connection: duckdb.DuckDBPyConnection, one_row_each: Collection[str], further: Sequence[str] = ()
) -> None:
    """Creates the temporary tables `link_row` and `link_record` from `link_person`; see `build_people`.

    Args:
        connection: with `link_person` and `linked.forename_forms`.
        one_row_each: feeds in which a person has one row at most.
        further: further columns of `link_person` that records are compared by.
    """
    said = ", ".join((*MATCH_COLUMNS, *further))
    # Two hashes of 64 bits stand for all these columns.
    connection.execute(f"""
    CREATE OR REPLACE TEMP TABLE link_row AS
    SELECT person_row, min(person_row) OVER (PARTITION BY reference_hash, said) AS record, reference_hash
    FROM (
        SELECT person_row, hash(feed, {", ".join(SENDER_COLUMNS)}) AS reference_hash, hash({said}) AS said
        FROM link_person
        WHERE {_REFERRED}
    )
    UNION ALL
    SELECT person_row, person_row, NULL FROM link_person WHERE NOT {_REFERRED}
    """)
    feeds = [feed for (feed,) in connection.execute("SELECT DISTINCT feed FROM link_person ORDER BY feed").fetchall()]
    kinds = ", ".join(quoted(feed) for feed in feeds) or "''"
    single = ", ".join(quoted(feed) for feed in sorted(one_row_each)) or "''"
    connection.execute(f"""
    CREATE OR REPLACE TEMP TABLE link_record AS
    SELECT
        people.person_row AS record,
        people.person_row AS cluster,
        link_row.reference_hash,
        CAST(people.feed AS ENUM ({kinds})) AS feed,
        people.feed IN ({single}) AS one_row_each,
        {", ".join("people." + column for column in (*SENDER_COLUMNS, *MATCH_COLUMNS, *further))},
        form.formal_names
    FROM link_person AS people
    INNER JOIN link_row ON people.person_row = link_row.person_row AND link_row.record = link_row.person_row
    LEFT JOIN (
        SELECT forename_std, list(formal_name ORDER BY formal_name) AS formal_names
        FROM linked.forename_forms
        WHERE sure
        GROUP BY forename_std
    ) AS form ON people.forename_std = form.forename_std
    """)


def quoted(text: str) -> str:
    """Text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def build_forename_forms(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates `linked.forename_forms` (forename_std, formal_name, sure).

    Sure are the forms of `schemas.nicknames`: two forenames that share a formal name are the same. The others are those of
    the package `nicknames`: one forename may be a nickname of the other, and may as well be a name of its own.
    """
    sure = {(form, formal) for formal, short in SHORT_FORMS.items() for form in (formal, *short)}
    listed = {(pair.name2.upper(), pair.name1.upper()) for pair in name_triplets()} - sure
    forms = pa.table(
        {
            "forename_std": [form for form, _ in (*sorted(sure), *sorted(listed))],
            "formal_name": [formal for _, formal in (*sorted(sure), *sorted(listed))],
            "sure": [True] * len(sure) + [False] * len(listed),
        }
    )
    connection.register("link_incoming", forms)
    connection.execute("CREATE OR REPLACE TABLE linked.forename_forms AS SELECT * FROM link_incoming")
    connection.unregister("link_incoming")


def build_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the view `linked.people` on `standardised.*` and `linked.centre_successors`, and the records to link.

    `linked.people`: person_row (a number for this run alone), the columns of `KEY_COLUMNS` (those of the row's feed are
    filled) and those of `MATCH_COLUMNS`; the lengths are in characters of the delivered names, sex is M, F or empty.

    Temporary tables for linking: `link_person` (the view's rows), `link_row` (person_row, record, reference_hash) and
    `link_record` (record, cluster, reference_hash, feed, one_row_each, `SENDER_COLUMNS`, `MATCH_COLUMNS`, formal_names). A
    record is named by one of its rows, and at first each is its own cluster.
    """
    connection.execute(_PEOPLE)
    connection.execute("CREATE OR REPLACE TEMP TABLE link_person AS SELECT * FROM linked.people")
    build_records(connection, ONE_ROW_EACH)
