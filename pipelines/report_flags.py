"""The flags of a centre's report: which list each belongs to, whom it is about, and which must wait for a release."""

from collections.abc import Collection, Iterable, Sequence

from pipelines.report_content import Cell, Row, Section, columns, day_words
from pipelines.report_rows import Night
from schemas.checkpoint import CODES_FROM_RESULTS, CODES_FROM_UCAS_RESULTS, FAMILIES_FROM_RESULTS

_BLOCKED = ("certification_blocked",)
#: Flags whose learners stand in lists of their own.
_LISTED = ("qualification_at_risk", "qualification_unachievable", "completion_unconfirmed")

_COLUMNS = (
    ("Learner or record", 30),
    ("Urgent", 9),
    ("What is wrong", 70),
    ("Who can put it right", 22),
    ("What they are asked to do", 60),
    ("By", 18),
    ("Since", 18),
)


class FlagPlaces:
    """Which of a centre's registrations a flag is about.

    Args:
        positions: the centre's rows of `published.checkpoint`.
    """

    def __init__(self, positions: Sequence[Row]) -> None:
        self._by_registration = {
            (row["awarding_organisation_rn"], row["registration_number"], row["qualification_number"]): row
            for row in positions
        }
        self._by_record = {
            (row["recorded_centre_number"], row["centre_learner_reference"], row["qualification_number"]): row
            for row in positions
            if row["held_by_centre"]
        }
        self._by_learner: dict[str, list[Row]] = {}
        for row in positions:
            if row["learner_id"] is not None:
                self._by_learner.setdefault(row["learner_id"], []).append(row)

    def of(self, flag: Row) -> list[Row]:
        """The registrations: by their number, else by the centre's record, else all of the learner's here."""
        number = flag["qualification_number"]
        registered = self._by_registration.get((flag["awarding_organisation_rn"], flag["registration_number"], number))
        recorded = self._by_record.get((flag["named_centre_number"], flag["centre_learner_reference"], number))
        of_learner = self._by_learner.get(flag["learner_id"] or "", [])
        return [registered or recorded] if registered or recorded else of_learner  # type: ignore[list-item]

    def must_wait(self, flag: Row, night: Night) -> bool:
        """Whether the flag may rest on a result that the centre may not know yet."""
        if not may_tell_a_result(flag, night) and flag["flag_code"] not in CODES_FROM_UCAS_RESULTS:
            return False
        return any(row["rests_on_unreleased_results"] or row["award_is_unreleased"] for row in self.of(flag))

    def words(self, flag: Row) -> str:
        """Whom the flag is about: the learner as the centre knows them, else the record."""
        if rows := self.of(flag):
            reference = rows[0]["centre_learner_reference"]
            name = f"{rows[0]['surname']}, {rows[0]['forename']}"
            return f"{name} ({reference})" if reference else name
        if flag["centre_learner_reference"]:
            return f"your reference {flag['centre_learner_reference']}"
        if flag["registration_number"]:
            return f"registration {flag['registration_number']}"
        return f"UCAS application {flag['personal_id']}" if flag["personal_id"] else "your centre"


def may_tell_a_result(flag: Row, night: Night) -> bool:
    """Whether a flag of this code can be raised because of a result that is not UCAS's."""
    about = night.catalogue.get(flag["flag_code"])
    return flag["flag_code"] in CODES_FROM_RESULTS or (about is not None and about["family"] in FAMILIES_FROM_RESULTS)


def flags_with(codes: Collection[str], flags: Iterable[Row]) -> list[Row]:
    """The flags of some codes, in their order."""
    return [flag for flag in flags if flag["flag_code"] in codes]


def flag_sections(
    flags: Sequence[Row], places: FlagPlaces, night: Night, *, unconfirmed: Section
) -> tuple[Section, ...]:
    """The lists made of flags: what is blocked, what differs, and all else, the most urgent first.

    Args:
        flags: the centre's, the most urgent first.
        places: whom they are about.
        night: the publication's catalogue.
        unconfirmed: the list that stands between them.
    """
    known = [flag for flag in flags if not flag["waived"] and not places.must_wait(flag, night)]
    waived = [flag for flag in flags if flag["waived"] and not places.must_wait(flag, night)]
    differ = [flag for flag in known if "differ" in flag["flag_code"]]
    elsewhere = {*_BLOCKED, *_LISTED, *(flag["flag_code"] for flag in differ)}
    rest = [flag for flag in known if flag["flag_code"] not in elsewhere]

    def listed(name: str, heading: str, words: str, shown: Sequence[Row], none: str) -> Section:
        rows = tuple((places.words(flag), *flag_cells(flag, night)) for flag in shown)
        return Section(name=name, heading=heading, words=words, columns=columns(*_COLUMNS), rows=rows, none=none)

    return (
        listed(
            "Blocked",
            "What is blocked",
            "No certificate is issued while a block is in force.",
            flags_with(_BLOCKED, known),
            "Nothing is blocked.",
        ),
        unconfirmed,
        listed(
            "Details differ",
            "What differs between you and others",
            "Correct your own record, or say in the sheet Declaration or to the awarding organisation what is right.",
            differ,
            "Nothing is known to differ.",
        ),
        listed(
            "Other flags",
            "What else has to be put right",
            "The most urgent come first.",
            rest,
            "Nothing else has to be put right.",
        ),
        listed(
            "Waived",
            "What has been waived",
            "Somebody decided that nothing has to be done about these for now.",
            waived,
            "Nothing has been waived.",
        ),
    )


def flag_cells(flag: Row, night: Night) -> tuple[Cell, ...]:
    """Urgency, what is wrong, who can put it right and how, by when, and since when: the columns after the first."""
    about = night.catalogue.get(flag["flag_code"])
    return (
        "urgent" if flag["urgency"] == "urgent" else "",
        flag["detail"],
        party(flag, about, centre="your centre"),
        about["action"] if about else "",
        flag["act_by"],
        _life(flag),
    )


def _life(flag: Row) -> str:
    """Since when it is raised, and what has been decided."""
    since = day_words(flag["first_seen"]) if flag["first_seen"] else ""
    until = f" until {day_words(flag['decision_expires_on'])}" if flag["decision_expires_on"] else ""
    match flag["decision"]:
        case None:
            return since
        case "assigned":
            return f"{since}; assigned to {flag['assigned_to']}{until}"
        case decision:
            return f"{since}; {decision}{until}"


def party(flag: Row, about: Row | None, *, centre: str) -> str:
    """Who can put it right, and who helps.

    Args:
        flag: the flag.
        about: its row of the catalogue.
        centre: what the centre is called.
    """
    organisation = flag["awarding_organisation_rn"] or "the awarding organisation"
    names = {"centre": centre, "awarding_organisation": organisation}
    owner = str(names.get(flag["owner"], flag["owner"]))
    helper = about["shared_with"] if about else None
    return f"{owner}, with {names.get(helper, helper)}" if helper else owner
