"""The records of people of the three feeds that name them, side by side in the form in which they are compared.

`linked.people` has one row for each standardised row. It is a view: what it says follows from the standardised rows, and
need not be kept twice. Rows of one reference of one sender that say the same of their person are one record; linking
works on records (temporary table `link_record`). Who is linked to whom is decided in `assets.linked.clusters`.
"""

import duckdb

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

#: The three feeds under common names. `held_*` are the values that are not part of the feed's natural key.
_FEEDS = """
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

# A UCAS Personal ID that a centre states and no applicant has is a slip of the pen, and contradicts nobody.
_PEOPLE = f"""
CREATE OR REPLACE VIEW linked.people AS
WITH held AS ({_FEEDS}),

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
    {", ".join("read." + column for column in KEY_COLUMNS)},
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
LEFT JOIN standardised.ucas_applicants AS applicant ON read.held_personal_id = applicant.personal_id
LEFT JOIN linked.centre_successors AS successor ON read.held_centre_number = successor.centre_number
"""

# Two hashes of 64 bits stand for all these columns. UCAS has one row for a person: nothing to gather.
_ROWS_TO_RECORDS = f"""
CREATE OR REPLACE TEMP TABLE link_row AS
SELECT person_row, min(person_row) OVER (PARTITION BY reference_hash, said) AS record, reference_hash
FROM (
    SELECT person_row, hash({", ".join(SENDER_COLUMNS)}) AS reference_hash, hash({", ".join(MATCH_COLUMNS)}) AS said
    FROM link_person
    WHERE feed <> 'ucas_applicants'
)
UNION ALL
SELECT person_row, person_row, NULL FROM link_person WHERE feed = 'ucas_applicants'
"""

_RECORDS = f"""
CREATE OR REPLACE TEMP TABLE link_record AS
SELECT
    people.person_row AS record,
    people.person_row AS cluster,
    link_row.reference_hash,
    CAST(people.feed AS ENUM ('ao_registrations', 'centre_registrations', 'ucas_applicants')) AS feed,
    {", ".join("people." + column for column in SENDER_COLUMNS + MATCH_COLUMNS)},
    form.formal_names
FROM link_person AS people
INNER JOIN link_row ON people.person_row = link_row.person_row AND link_row.record = link_row.person_row
LEFT JOIN (
    SELECT forename_std, list(formal_name ORDER BY formal_name) AS formal_names
    FROM linked.forename_forms
    GROUP BY forename_std
) AS form ON people.forename_std = form.forename_std
"""


def build_forename_forms(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates `linked.forename_forms` (forename_std, formal_name): two forenames that share a formal name are the same."""
    forms = {(form, formal) for formal, short in SHORT_FORMS.items() for form in (formal, *short)}
    connection.execute("CREATE OR REPLACE TABLE linked.forename_forms (forename_std VARCHAR, formal_name VARCHAR)")
    connection.executemany("INSERT INTO linked.forename_forms VALUES (?, ?)", sorted(forms))


def build_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the view `linked.people` on `standardised.*` and `linked.centre_successors`, and the records to link.

    `linked.people`: person_row (a number for this run alone), the columns of `KEY_COLUMNS` (those of the row's feed are
    filled) and those of `MATCH_COLUMNS`; the lengths are in characters of the delivered names, sex is M, F or empty.

    Temporary tables for linking: `link_person` (the view's rows), `link_row` (person_row, record, reference_hash) and
    `link_record` (record, cluster, reference_hash, feed, `SENDER_COLUMNS`, `MATCH_COLUMNS`, formal_names). A record is named
    by one of its rows, and at first each is its own cluster.
    """
    connection.execute(_PEOPLE)
    connection.execute("CREATE OR REPLACE TEMP TABLE link_person AS SELECT * FROM linked.people")
    connection.execute(_ROWS_TO_RECORDS)
    connection.execute(_RECORDS)
