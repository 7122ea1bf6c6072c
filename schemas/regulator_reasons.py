"""Why a result is late or missing, in the regulator's words: which fact of ours supports which of its reason codes.

The codes are those of Ofqual, VTQ Late results, Annex B, 14 November 2023
(https://assets.publishing.service.gov.uk/media/654b96cee70413000ffc4a31/Annex_B.csv/preview). Codes after L7, and those for
wrong results, were not seen and are never given. A code is given where the data support each thing that its text says;
otherwise it stays empty, and the words say why. `sql/facts/regulator_reasons.sql` is projected from this module by
`regulator_reasons_sql` and a test compares the two; which registration is in which circumstance is
`sql/facts/late_circumstances.sql`.
"""

from dataclasses import dataclass

#: Annex B, shortened. L7 (special consideration asked for very late) is in no feed.
REASON_CODES = {
    "N1": "Not issued: the centre deferred, or will not claim, as assessment evidence is incomplete.",
    "N2": "Not issued: the centre has withdrawn the student from the qualification.",
    "N3": "Not issued: the organisation deferred or did not certificate, as the centre did not claim.",
    "N4": "Not issued: the organisation deferred or did not certificate, as evidence is incomplete and the centre did not "
    "confirm the student's status.",
    "L1": "Issued late: the centre claimed on or after results day.",
    "L2": "Issued late: the centre entered the student very late.",
    "L3": "Issued late: the course or its size was changed late.",
    "L4": "Issued late: malpractice or maladministration is under investigation, the result is pending.",
    "L5": "Issued late: moderation or verification could not be done, as the centre sent no samples or had no visit.",
    "L6": "Issued late: marking or moderation was not completed on time.",
    "L7": "Issued late: special consideration was asked for very late.",
}


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """A fact about a result that is late or missing.

    Attributes:
        name: in `published.late_results`.
        reason_code: of REASON_CODES, or empty where none fits.
        rests_on: the flag codes or columns that show it.
        why: the ground for giving the code, or none, in one sentence.
        expected: whether the learner still expects the result; if not, nothing is withheld from them.
    """

    name: str
    reason_code: str
    rests_on: str
    why: str
    expected: bool = True


#: The first that applies to a registration counts, in this order: who has left is never told to have units missing.
CIRCUMSTANCES = (
    Circumstance(
        name="centre_withdrew",
        reason_code="N2",
        rests_on="centre_registrations.status withdrawn, and no active row",
        why="The centre has withdrawn the learner.",
        expected=False,
    ),
    Circumstance(
        name="centre_transferred",
        reason_code="",
        rests_on="centre_registrations.status transferred, and no active row",
        why="The centre has transferred the learner; N2 speaks of withdrawal.",
        expected=False,
    ),
    Circumstance(
        name="centre_deferred",
        reason_code="N1",
        rests_on="expects_result_this_summer N; achievability not achieved",
        why="The centre expects no result this summer, and evidence is incomplete.",
        expected=False,
    ),
    Circumstance(
        name="centre_declined",
        reason_code="",
        rests_on="expects_result_this_summer N; achievability achieved or not known",
        why="The centre expects no result this summer, and the data do not show incomplete evidence (N1).",
        expected=False,
    ),
    Circumstance(
        name="malpractice",
        reason_code="L4",
        rests_on="certification_blocked, reason malpractice",
        why="A block for malpractice stands, or stood on results day.",
    ),
    Circumstance(
        name="samples_outstanding",
        reason_code="L5",
        rests_on="certification_blocked, reason samples_outstanding",
        why="A block for outstanding samples stands, or stood on results day.",
    ),
    Circumstance(
        name="blocked_otherwise",
        reason_code="",
        rests_on="certification_blocked, any other reason",
        why="A block stands, or stood on results day; no code seen names its reason.",
    ),
    Circumstance(
        name="size_changed_late",
        reason_code="L3",
        rests_on="registration_date after the last entry deadline; an earlier registration for another size of the suite",
        why="The learner was moved to this size after the last deadline for entries.",
    ),
    Circumstance(
        name="registered_very_late",
        reason_code="L2",
        rests_on="registration_date after the last entry deadline",
        why="The learner was registered after the last deadline for entries.",
    ),
    Circumstance(
        name="claimed_late",
        reason_code="L1",
        rests_on="centre_claims.claimed_on on or after results day",
        why="The centre's full claim was made on or after results day.",
    ),
    Circumstance(
        name="evidence_incomplete_unanswered",
        reason_code="N4",
        rests_on="qualification_unachievable or qualification_at_risk; expects_result_this_summer not answered",
        why="Units are missing, and the centre never said whether it expects a result.",
    ),
    Circumstance(
        name="evidence_incomplete",
        reason_code="",
        rests_on="qualification_unachievable or qualification_at_risk; the centre expects a result, or does not hold it",
        why="Units are missing, and the data do not show that the centre deferred (N1) or did not answer (N4).",
    ),
    Circumstance(
        name="not_claimed",
        reason_code="N3",
        rests_on="claim_missing, or past results day no full claim where the award needs one",
        why="The award needs a claim, and the centre made none.",
    ),
    Circumstance(
        name="unit_result_owed",
        reason_code="L6",
        rests_on="unit_result_overdue",
        why="The results of the series are out, and the organisation owes the result of a unit.",
    ),
    Circumstance(
        name="unit_result_late",
        reason_code="L6",
        rests_on="ao_unit_results.result_date after results day, and the award issued since",
        why="A unit's result came after results day, and the award after it.",
    ),
    Circumstance(
        name="adaptation_not_allowed",
        reason_code="",
        rests_on="mitigation_out_of_scope",
        why="A result rests on an adaptation that the qualification does not allow; no code seen names that.",
    ),
    Circumstance(
        name="unexplained",
        reason_code="",
        rests_on="nothing above",
        why="The data show no reason; no code is given.",
    ),
)


def regulator_reasons_sql() -> str:
    """The text of `sql/facts/regulator_reasons.sql`: columns circumstance, place, reason_code, expected, why."""
    rows = [
        f"    (\n        '{one.name}', {place}, {_text(one.reason_code)}, {'TRUE' if one.expected else 'FALSE'},\n"
        f"        {_text(one.why)}\n    )"
        for place, one in enumerate(CIRCUMSTANCES, 1)
    ]
    names = ("circumstance", "place", "reason_code", "expected", "why")
    return (
        "/*\n"
        "statement: Each circumstance of a late or missing result, with the regulator's reason code that it supports.\n"
        "grain: circumstance\n"
        "*/\n"
        "-- Written by schemas.regulator_reasons, where each code has its source. Change it there.\n"
        "SELECT\n"
        + ",\n".join(f"    reason.{name}" for name in names)
        + "\nFROM (\n    VALUES\n"
        + ",\n".join(rows)
        + f"\n) AS reason ({', '.join(names)})\n"
    )


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'" if value else "CAST(NULL AS VARCHAR)"
