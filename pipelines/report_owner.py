"""What an awarding organisation, or UCAS, is asked to see to: the flags it owns or shares, by centre, with contacts.

A row names a record by its number there, never a learner: whoever holds the record knows the name. UCAS is no owner in the
flag contract; it shares every flag that names an application, but for those that would tell it of a result before its
release.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipelines.report_content import Cell, Report, Row, Section, columns
from pipelines.report_flags import may_tell_a_result, party
from pipelines.report_rows import Night

#: A sheet holds 1,048,576 lines.
_MOST_ROWS = 1_000_000
_PAGE_ROWS = 500

_WORDS = (
    "Each flag is one thing that is wrong and can be put right. The most urgent come first. What the centre has to do is "
    "in the centre's own report.",
    "It names records of learners. Keep it where such data may lie.",
)
_CENTRES = (
    ("Centre", 46),
    ("Flags", 9),
    ("Urgent", 9),
    ("Earliest by", 18),
    ("Exams officer", 34),
    ("Senior contact", 30),
    ("Senior contact's e-mail", 34),
    ("Senior contact's telephone", 20),
)
_FLAGS = (
    ("Record", 34),
    ("Centre", 46),
    ("Urgent", 9),
    ("What is wrong", 70),
    ("Who can put it right", 24),
    ("What they are asked to do", 60),
    ("By", 18),
    ("Flag", 30),
)


def organisation_report(number: str, flags: Sequence[Row], contacts: Mapping[str, Row], night: Night) -> Report:
    """The report of one awarding organisation.

    Args:
        number: its recognition number.
        flags: those it owns or shares, the most urgent first.
        contacts: of every centre, by its number.
        night: the publication's day and catalogue.
    """
    title = f"Flags for awarding organisation {number}"
    return _report(flags, contacts, night, kind="organisations", key=number, title=title)


def ucas_report(flags: Sequence[Row], contacts: Mapping[str, Row], waiting: frozenset[str], night: Night) -> Report:
    """The report of UCAS: as an organisation's, of the flags that name an application.

    Args:
        flags: the most urgent first.
        contacts: of every centre, by its number.
        waiting: learners of whom a result is held that is not released.
        night: the publication's day and catalogue.
    """
    known = [flag for flag in flags if not (flag["learner_id"] in waiting and may_tell_a_result(flag, night))]
    return _report(known, contacts, night, kind="ucas", key="ucas", title="Flags about applications, for UCAS")


def _report(
    flags: Sequence[Row], contacts: Mapping[str, Row], night: Night, *, kind: str, key: str, title: str
) -> Report:
    due = [flag for flag in flags if not flag["waived"]]
    return Report(
        kind=kind,
        key=key,
        title=title,
        words=_WORDS,
        contacts=(),
        sections=(_by_centre(due, contacts), _most_urgent(due, contacts, night)),
        figures={
            "name": title,
            "flags": len(due),
            "urgent": sum(flag["urgency"] == "urgent" for flag in due),
            "centres": len({flag["centre_number"] for flag in due}),
        },
    )


def _by_centre(flags: Sequence[Row], contacts: Mapping[str, Row]) -> Section:
    """A line a centre, those with most urgent flags first, with whom to ask and whom to tell next."""
    grouped: dict[str | None, list[Row]] = defaultdict(list)
    for flag in flags:
        grouped[flag["centre_number"]].append(flag)
    urgent = {number: sum(flag["urgency"] == "urgent" for flag in group) for number, group in grouped.items()}
    ordered = sorted(grouped, key=lambda number: (-urgent[number], -len(grouped[number]), number or ""))
    return Section(
        name="Centres",
        heading="By centre, and whom to ask",
        words="Ask the exams officer first. If an urgent flag is not answered, tell the senior contact.",
        columns=columns(*_CENTRES),
        rows=tuple(
            (
                _centre(number, contacts),
                len(grouped[number]),
                urgent[number],
                min((flag["act_by"] for flag in grouped[number] if flag["act_by"]), default=None),
                *_contacts(contacts.get(number or "")),
            )
            for number in ordered
        ),
        none="No centre has a flag.",
    )


def _contacts(contact: Row | None) -> tuple[Cell, ...]:
    names = ("exams_officer_email", "senior_contact_name", "senior_contact_email", "senior_contact_phone")
    return tuple((contact or {}).get(name) or "not known" for name in names)


def _centre(number: str | None, contacts: Mapping[str, Row]) -> str:
    if number is None:
        return "no centre"
    contact = contacts.get(number)
    return f"{contact['name']} ({number})" if contact else number


def _most_urgent(flags: Sequence[Row], contacts: Mapping[str, Row], night: Night) -> Section:
    shown = flags[:_MOST_ROWS]
    left = f" Here are the first {_MOST_ROWS:,} of {len(flags):,}." if len(flags) > _MOST_ROWS else ""
    return Section(
        name="Flags",
        heading="Flags, the most urgent first",
        words=f"A record goes by its number.{left}",
        columns=columns(*_FLAGS),
        rows=tuple(_lines(shown, contacts, night)),
        none="There is no flag.",
        page_rows=_PAGE_ROWS,
    )


def _lines(flags: Iterable[Row], contacts: Mapping[str, Row], night: Night) -> Iterable[tuple[Cell, ...]]:
    for flag in flags:
        about = night.catalogue.get(flag["flag_code"])
        yield (
            _record(flag),
            _centre(flag["centre_number"], contacts),
            "urgent" if flag["urgency"] == "urgent" else "",
            flag["detail"],
            party(flag, about, centre="the centre"),
            about["action"] if about else "",
            flag["act_by"],
            flag["flag_code"],
        )


def _record(flag: Row) -> str:
    named = (
        ("registration", flag["registration_number"]),
        ("application", flag["personal_id"]),
        ("centre's reference", flag["centre_learner_reference"]),
    )
    return ", ".join(f"{word} {value}" for word, value in named if value) or "the centre"
