"""Headers and bodies are read strictly: whatever is missing, unknown or contradictory fails, and the message says what."""

from pathlib import Path

import pytest

from assets.reconciled.flags import discover_flags
from assets.reconciled.sql_files import discover_statements, in_build_order
from schemas.strict_mapping import HeaderError

POPULATION = """/*
statement: Each open registration.
grain: registration_number
*/
SELECT registration_number FROM standardised.ao_registrations
"""

FLAG = """/*
statement: A registration is right.
population: registrations
subject: registration_number
owner: centre
shared_with: awarding_organisation
severity: data_quality
authority:
  title: Flag contract
  address: null
  clause: points of detail
action: Put it right.
reasons:
  wrong: It is wrong.
detail: Registration {registration_number} is wrong.
act_by: column
valid_from: 2025-09-01
valid_to: 2026-08-31
soft_limit: 0.1
hard_limit: 0.2
limits_reason: A judgement.
evidence:
  registration: ao_registrations
values: status
*/
SELECT
    registration.registration_number,
    held.learner_id,
    'raised' AS outcome,
    'wrong' AS reason,
    held.registration_date AS act_by,
    held.status,
    held.delivery_id AS registration_delivery_id,
    held.line AS registration_line
FROM reconciled.registrations AS registration
INNER JOIN standardised.ao_registrations AS held ON registration.registration_number = held.registration_number
"""

#: What is changed in the flag's file, and what the message must name.
FAULTS = {
    "no header": (("/*", "--"), "does not begin with a header"),
    "header without an end": (("*/", ""), "does not begin with a header"),
    "no mapping": (("statement: A", "- A"), "no YAML"),
    "key twice": (("action: Put it right.", "action: Put it right.\naction: Leave it."), "given twice"),
    "missing key": (("action: Put it right.\n", ""), "lacks the key [action]"),
    "unknown key": (("action:", "colour: red\naction:"), "unknown keys [colour]"),
    "blank text": (("action: Put it right.", 'action: " "'), "[action] is blank"),
    "text for a number": (("soft_limit: 0.1", "soft_limit: many"), "no float"),
    "share above one": (("hard_limit: 0.2", "hard_limit: 1.2"), "between 0.0 and 1.0"),
    "limits that cross": (("soft_limit: 0.1", "soft_limit: 0.3"), "above the hard one"),
    "unknown owner": (("owner: centre", "owner: ucas"), "[owner] is [ucas]"),
    "owner who helps himself": (("shared_with: awarding_organisation", "shared_with: centre"), "[shared_with]"),
    "unknown severity": (("severity: data_quality", "severity: bad"), "[severity] is [bad]"),
    "subject that is no key": (("subject: registration_number", "subject: colour"), "no key columns"),
    "subject twice": (("subject: registration_number", "subject: series, series"), "twice"),
    "two populations": (("population: registrations", "population: registrations, others"), "name one"),
    "population without a file": (("population: registrations", "population: others"), "no such file"),
    "authority without title": (("  title: Flag contract\n", ""), "lacks the key [title]"),
    "authority without place": (("  clause: points of detail", "  clause: null"), "neither address nor clause"),
    "authority that is no address": (("  address: null", "  address: page 3"), "no web address"),
    "unknown key in authority": (("  address: null", "  address: null\n  page: 3"), "unknown keys [page]"),
    "reason without words": (("  wrong: It is wrong.", "  wrong: null"), "[reasons]"),
    "stray brace": (("is wrong.\nact_by", "is {wrong.\nact_by"), "brace"),
    "unknown event": (("act_by: column", "act_by: {event: christmas}"), "[event] is [christmas]"),
    "event of a series": (("act_by: column", "act_by: {event: series_results}"), "[event] is [series_results]"),
    "dates in the wrong order": (("valid_to: 2026-08-31", "valid_to: 2025-08-31"), "[valid_from]"),
    "moment for a day": (("valid_to: 2026-08-31", "valid_to: 2026-08-31 10:00:00"), "no date"),
    "evidence from no feed": (("  registration: ao_registrations", "  registration: exams"), "no feeds"),
    "no evidence": (("evidence:\n  registration: ao_registrations", "evidence: {}"), "[evidence] is empty"),
    "values that are not given": (("values: status", "values: colour"), "lacks [colour]"),
    "placeholder that is not given": (("Registration {reg", "Registration {colour} {reg"), "lacks [colour]"),
    "evidence that is not given": (("    held.line AS registration_line\n", "    1 AS line\n"), "[registration_line]"),
    "no last day": (("    held.registration_date AS act_by,\n", ""), "lacks [act_by]"),
    "event without its keys": (("act_by: column", "act_by: {event: claim_deadline}"), "awarding_organisation_rn"),
    "column without use": (("    held.status,\n", "    held.status,\n    held.sex,\n"), "uses no [sex]"),
    "column twice": (("    held.status,\n", "    held.status,\n    held.sex AS status,\n"), "a column twice"),
    "star": (("    held.status,\n", "    held.*,\n"), "selects *"),
    "clock": (("held.registration_date AS", "CURRENT_DATE AS"), "landed.run_context"),
    "clock by its name": (("held.registration_date AS", "now() AS"), "landed.run_context"),
    "chance": (("held.registration_date AS", "random() AS"), "landed.run_context"),
    "table without a layer": (("FROM reconciled.registrations", "FROM registrations"), "write layer.table"),
    "table of another schema": (("JOIN standardised.", "JOIN elsewhere."), "write layer.table"),
    "two statements": (("registration.registration_number = held", "TRUE; SELECT 1 --"), "exactly one SELECT"),
    "no query": (("SELECT\n    registration.registration_number,", "DROP TABLE x --"), "of [right]"),
    "population not read": (
        ("FROM reconciled.registrations", "FROM reconciled.others"),
        "does not read its population",
    ),
}


def written(folder: Path, flag: str, population: str = POPULATION, family: str = "centre") -> Path:
    for path, text in ((f"populations/{'registrations'}.sql", population), (f"flags/{family}/right.sql", flag)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_a_header_that_says_everything_is_read(tmp_path: Path) -> None:
    (flag,) = discover_flags(written(tmp_path, FLAG))
    assert (flag.code, flag.family, flag.header.placeholders) == ("right", "centre", ("registration_number",))
    assert ("standardised", "ao_registrations") in flag.dependencies
    assert ("reconciled", "registrations") in flag.dependencies


@pytest.mark.parametrize("fault", FAULTS)
def test_a_malformed_flag_is_refused_with_what_is_wrong(tmp_path: Path, fault: str) -> None:
    (old, new), message = FAULTS[fault]
    assert old in FLAG
    with pytest.raises(HeaderError) as refused:
        discover_flags(written(tmp_path, FLAG.replace(old, new, 1)))
    assert message in str(refused.value)
    assert "[right" in str(refused.value)


def test_a_flag_in_no_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match=r"stands in \[exams\]"):
        discover_flags(written(tmp_path, FLAG, family="exams"))


def test_a_code_in_two_families_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="there twice"):
        discover_flags(written(written(tmp_path, FLAG), FLAG, family="results"))


def test_a_flag_whose_subject_is_not_its_populations_grain_is_refused(tmp_path: Path) -> None:
    population = POPULATION.replace("grain: registration_number", "grain: line").replace("SELECT ", "SELECT line, ")
    with pytest.raises(HeaderError, match="not the grain"):
        discover_flags(written(tmp_path, FLAG, population))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("grain: registration_number\n", "", "lacks the key"),
        ("grain: registration_number", "grain: series", "which the body does not give"),
        ("grain:", "owner: centre\ngrain:", "unknown keys"),
        ("SELECT registration_number", "SELECT (", "does not parse"),
    ],
)
def test_a_malformed_statement_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(HeaderError, match=message):
        discover_statements("populations", written(tmp_path, FLAG, POPULATION.replace(old, new)))


def test_tables_that_depend_on_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        path = tmp_path / "facts" / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"/*\nstatement: One.\ngrain: a\n*/\nSELECT a FROM reconciled.{other}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="circle"):
        in_build_order(discover_statements("facts", tmp_path))
