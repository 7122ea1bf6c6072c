"""The page that explains every flag, written from the flags' own headers: `docs/flags.md`.

The rules stand in `sql/flags`. A test compares the committed page with this module's.
"""

from assets.reconciled.flags import Flag, discover_flags
from assets.reconciled.sql_files import discover_statements
from schemas.flag_header import FAMILIES, URGENT_DAYS, URGENT_WITH_APPLICATION, Authority

_HEADINGS = {
    "applicant": "Applicant against awarding organisation",
    "centre": "Centre against awarding organisation",
    "achievability": "Achievability",
    "results": "Results",
}

_PARTIES = {"awarding_organisation": "awarding organisation", "centre": "centre"}

_BEGINNING = """# Flags

Generated from the headers in `sql/flags`; change them there, then write this page again.

A flag is one thing wrong, about one subject, that one party can put right. A subject that could not be judged is
counted as `cannot_assess`, with a reason, and raises nothing. A flag is urgent if its last day falls within the {days}
days from the run's day, or if its severity is {severities} and the learner has a live
application; else it is routine.

| flag | owner | severity | what must hold |
|---|---|---|---|
"""


def flags_page() -> str:
    """The text of `docs/flags.md`: a table of all flags, then one section each, by family and code."""
    flags = sorted(discover_flags(), key=lambda flag: (FAMILIES.index(flag.family), flag.code))
    meanings = {found.name: found.statement for found in discover_statements("populations")}
    severities = " or ".join(f"`{severity}`" for severity in URGENT_WITH_APPLICATION)
    parts = [_BEGINNING.format(days=URGENT_DAYS, severities=severities)]
    parts += [
        f"| [`{flag.code}`](#{flag.code}) | {_owner(flag)} | `{flag.header.severity}` | {flag.header.statement} |\n"
        for flag in flags
    ]
    for family in FAMILIES:
        of_family = [flag for flag in flags if flag.family == family]
        if of_family:
            parts.append(f"\n## {_HEADINGS[family]}\n")
            parts += [_section(flag, meanings[flag.header.population]) for flag in of_family]
    return "".join(parts)


def _section(flag: Flag, population: str) -> str:
    header = flag.header
    lines = [
        f"\n### {flag.code}\n\n{header.statement}\n\n",
        f"- **Owner:** {_owner(flag)}. **Severity:** `{header.severity}`.\n",
        f"- **What to do:** {header.action}\n",
        f"- **What it says:** {header.detail}\n",
        f"- **Last day:** {_last_day(header.act_by_event)}\n",
        f"- **Judged:** {population} (`reconciled.{header.population}`)\n",
        f"- **About:** {_names(header.subject)}\n",
        f"- **Shows:** {_names(header.values)}\n",
        f"- **Rests on:** {', '.join(f'{alias} (`{feed}`)' for alias, feed in header.evidence.items())}\n",
        f"- **Authority:** {_authority(header.authority)}\n",
        f"- **Valid:** {_validity(flag)}\n",
        f"- **Limits:** unlikely above {_percent(header.soft_limit)} of those judged, not to be believed above "
        f"{_percent(header.hard_limit)}. {header.limits_reason}\n",
    ]
    if header.reasons:
        lines.append("\n| reason | meaning |\n|---|---|\n")
        lines += [f"| `{reason}` | {words} |\n" for reason, words in header.reasons.items()]
    return "".join(lines)


def _owner(flag: Flag) -> str:
    helper = flag.header.shared_with
    return _PARTIES[flag.header.owner] + (f", with the {_PARTIES[helper]}" if helper else "")


def _last_day(event: str | None) -> str:
    if event is None:
        return "the earliest deadline of what is to be done."
    return f"`{event}` of the qualification in the cycle."


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _authority(authority: Authority) -> str:
    title = f"[{authority.title}]({authority.address})" if authority.address else authority.title
    return f"{title}: {authority.clause}." if authority.clause else f"{title}."


def _validity(flag: Flag) -> str:
    first, last = flag.header.valid_from, flag.header.valid_to
    if first is None and last is None:
        return "always."
    return " ".join(part for part in (f"from {first}" if first else "", f"to {last}" if last else "") if part) + "."


def _percent(share: float) -> str:
    return f"{share * 100:g} in 100"
