"""What a flag's header must say: its keys, and the closed lists of families, owners, severities and urgencies.

A flag is one SQL file whose leading comment is this header. Reading files belongs in `assets.reconciled.sql_files`; the
columns of a flag's table stand in `schemas.flag_table`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from schemas.feeds import FEEDS
from schemas.fields import FIELDS
from schemas.flag_table import SUBJECT_KEYS
from schemas.strict_mapping import Keys

#: Folders of `sql/flags`: the headings of the flag contract.
FAMILIES = ("applicant", "centre", "achievability", "results")

#: Who can put the thing right. `shared_with` names the party that helps, where the contract says "with".
OWNERS = ("awarding_organisation", "centre")

SEVERITIES = ("blocks_award", "affects_place", "delays_award", "data_quality")
URGENCIES = ("urgent", "routine")
OUTCOMES = ("raised", "cannot_assess")

#: Severities that are urgent as soon as the learner has a live application (flag contract, Urgency).
URGENT_WITH_APPLICATION = ("blocks_award", "affects_place")

#: A flag is urgent if its last day lies within so many days from the run's day (flag contract, Urgency).
URGENT_DAYS = 14

#: Events that are always of their own series and so have no single date in a cycle (flag contract, point 9).
EVENTS_OF_A_SERIES = ("entry_deadline", "series_results")

#: Events that a header may name as its last day.
CYCLE_EVENTS = tuple(event for event in FIELDS["event"].codes or () if event not in EVENTS_OF_A_SERIES)

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Where the rule comes from. `address` is empty where the rule rests on our own contract alone."""

    title: str
    address: str | None
    clause: str | None


@dataclass(frozen=True, kw_only=True)
class FlagHeader:
    """One flag's header.

    Attributes:
        statement: what must hold, one sentence.
        population: table `reconciled.<population>` whose rows are judged one by one.
        subject: columns that identify what a flag is about, in the order of the contract's key columns.
        owner: who puts it right.
        shared_with: who helps, or None.
        severity: one of `SEVERITIES`.
        authority: where the rule comes from.
        action: one sentence to the owner.
        reasons: code to sentence; every reason that the body may give.
        detail: sentence with `{column}` placeholders, filled from the body's columns.
        act_by_event: event of `key_dates` after which it can no longer be put right, or None: the body gives `act_by`.
        valid_from: first day on which the rule holds, or None: always.
        valid_to: last day on which the rule holds, or None: always.
        soft_limit: share of the population (0 to 1) above which the number raised is unlikely.
        hard_limit: share of the population (0 to 1) above which the number raised is not to be believed.
        limits_reason: why these limits.
        evidence: alias to feed; the body gives `<alias>_delivery_id` and `<alias>_line` for each.
        values: the body's columns that caused the flag.
    """

    statement: str
    population: str
    subject: tuple[str, ...]
    owner: str
    shared_with: str | None
    severity: str
    authority: Authority
    action: str
    reasons: Mapping[str, str]
    detail: str
    act_by_event: str | None
    valid_from: date | None
    valid_to: date | None
    soft_limit: float
    hard_limit: float
    limits_reason: str
    evidence: Mapping[str, str]
    values: tuple[str, ...]

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Columns that the detail sentence is filled from, in order of appearance."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.detail)))


def flag_header(name: str, values: Mapping[object, object]) -> FlagHeader:
    """A flag's header from the mapping that stands in its file.

    Args:
        name: the flag's code, for messages.
        values: keys and values as YAML gives them.

    Raises:
        HeaderError: a key is missing, unknown or outside its list, limits cross, or dates are in the wrong order.
    """
    keys = Keys(name, values)
    header = FlagHeader(
        statement=keys.take("statement", str),
        population=_one_name(keys, "population"),
        subject=_subject(keys),
        owner=keys.one_of("owner", OWNERS),
        shared_with=_shared_with(keys, str(values.get("owner"))),
        severity=keys.one_of("severity", SEVERITIES),
        authority=_authority(keys),
        action=keys.take("action", str),
        reasons=keys.named_words("reasons"),
        detail=_detail(keys),
        act_by_event=_act_by_event(keys, values.get("act_by")),
        valid_from=keys.take_or_none("valid_from", date),
        valid_to=keys.take_or_none("valid_to", date),
        soft_limit=keys.share("soft_limit"),
        hard_limit=keys.share("hard_limit"),
        limits_reason=keys.take("limits_reason", str),
        evidence=_evidence(keys),
        values=keys.names("values"),
    )
    keys.finish()
    if header.soft_limit > header.hard_limit:
        raise keys.error("soft_limit", f"is [{header.soft_limit}], above the hard one [{header.hard_limit}]; swap them")
    if header.valid_from and header.valid_to and header.valid_from > header.valid_to:
        raise keys.error("valid_from", f"is [{header.valid_from}], after valid_to [{header.valid_to}]; correct them")
    return header


def _one_name(keys: Keys, key: str) -> str:
    found = keys.names(key)
    if len(found) != 1:
        raise keys.error(key, f"holds [{', '.join(found)}]; name one")
    return found[0]


def _subject(keys: Keys) -> tuple[str, ...]:
    found = keys.names("subject")
    if unknown := set(found) - set(SUBJECT_KEYS):
        raise keys.error("subject", f"holds [{', '.join(sorted(unknown))}], which are no key columns of the contract")
    return tuple(key for key in SUBJECT_KEYS if key in found)


def _shared_with(keys: Keys, owner: str) -> str | None:
    found = keys.take_or_none("shared_with", str)
    others = tuple(party for party in OWNERS if party != owner)
    if found is not None and found not in others:
        raise keys.error("shared_with", f"is [{found}]; name {' or '.join(others)}, or null")
    return found


def _authority(keys: Keys) -> Authority:
    inner = keys.inner("authority")
    found = Authority(
        title=inner.take("title", str),
        address=inner.take_or_none("address", str),
        clause=inner.take_or_none("clause", str),
    )
    inner.finish()
    if found.address is None and found.clause is None:
        raise keys.error("authority", "gives neither address nor clause; give one")
    if found.address is not None and not found.address.startswith(("https://", "http://")):
        raise keys.error("authority", f"has the address [{found.address}], which is no web address; correct it")
    return found


def _detail(keys: Keys) -> str:
    found = keys.take("detail", str)
    if set("{}") & set(PLACEHOLDER.sub("", found)):
        raise keys.error("detail", "has a brace that is no {column}; correct it")
    return " ".join(found.split())


def _act_by_event(keys: Keys, given: object) -> str | None:
    """The event, or None where the header says `act_by: column`."""
    if given == "column":
        keys.take("act_by", str)
        return None
    inner = keys.inner("act_by")
    event = inner.one_of("event", CYCLE_EVENTS)
    inner.finish()
    return event


def _evidence(keys: Keys) -> dict[str, str]:
    found = keys.named_words("evidence")
    if not found:
        raise keys.error("evidence", "is empty; name at least one row that the flag rests on")
    if unknown := set(found.values()) - set(FEEDS):
        raise keys.error("evidence", f"names [{', '.join(sorted(unknown))}], which are no feeds")
    return found
