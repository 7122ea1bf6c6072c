"""The ordered stages by which records of people are linked, strongest first: what each compares, and what forbids it.

A stage proposes pairs of records that agree on one of its blocks and then on all comparisons of one of its
alternatives. Which proposed pairs are accepted is the same for every stage and stands in `assets.linked.clusters`; how
a comparison is computed stands in `assets.linked.comparisons`; short forms of forenames in `schemas.nicknames`.

Scores are an order, not probabilities: a higher score is stronger evidence, and nothing follows from a difference.
"""

from dataclasses import dataclass
from typing import Literal

#: Widths at which feeds cut names: the old UCAS transaction holds 18 characters of the surname and 24 of the forenames,
#: bulk registration with an awarding organisation 30 and 20.
SURNAME_WIDTHS = (18, 30)
FORENAME_WIDTHS = (20, 24)


def lengths_of_cut_names(widths: tuple[int, ...]) -> tuple[int, ...]:
    """Lengths of a name that fills a field. A space or hyphen at the cut is lost: one less."""
    return tuple(number for width in widths for number in (width - 1, width))


def name_lengths_sql() -> str:
    """The text of `sql/facts/lengths_of_cut_names.sql`: columns part, length."""
    parts = {"forename": FORENAME_WIDTHS, "surname": SURNAME_WIDTHS}
    selects = [
        f"SELECT\n    '{part}' AS part,\n    {number} AS length"
        for part, widths in parts.items()
        for number in lengths_of_cut_names(widths)
    ]
    return (
        "/*\n"
        "statement: Each length of a name that fills a feed's field, so that it may have been cut.\n"
        "grain: part, length\n"
        "*/\n"
        "-- Written by schemas.link_stages, where each width has its source. Change it there.\n"
        + "\nUNION ALL\n".join(selects)
        + "\n"
    )


#: How a stage treats people whose ULN, UCI, UCAS Personal ID or sex contradict each other: it forbids the link (`forbid`),
#: forbids it where ULN or UCI differ within one feed (`within_feed`), allows it (`allow`), resting on an identifier, or
#: counts it among the evidence that is weighed (`weigh`).
Contradictions = Literal["forbid", "within_feed", "allow", "weigh"]

#: What at least one record of each pair must have, so that a stage need not look at everybody: nothing in particular, or a
#: name as long as a field's full width.
OneHas = Literal["anything", "name_at_full_width"]

#: What two records may agree on, in words. Each has its SQL in `assets.linked.comparisons`.
COMPARISONS: dict[str, str] = {
    "own_reference": "one centre's learner reference, or one awarding organisation's registration number",
    "uln": "the same valid ULN",
    "uci": "the same valid UCI",
    "date_of_birth": "the same date of birth",
    "date_of_birth_slip": "dates of birth that differ in one of day, month and year, or by exchange of day and month",
    "forename": "the same first forename, or recorded nicknames of one name, or one cut at a field's width; further "
    "forenames that do not contradict each other",
    "forename_in_full": "the same first forename; further forenames that do not contradict each other",
    "forename_alike": "first forenames of which one is the other misspelt, its initial, or among the other's further "
    "forenames",
    "surname": "the same surname, or one's previous surname, or one cut at a field's width",
    "surname_in_full": "the same surname, or one's previous surname",
    "names_exchanged": "the one's surname is the other's first forename, and the other way round",
    "centre_number": "the same centre, after mergers and renumbering",
    "postcode": "the same postcode",
    "qualification": "rows for the same qualification",
    "no_namesake": "no record in either's feed that carries the other's forename, surname and date of birth",
}


@dataclass(frozen=True, kw_only=True)
class LinkStage:
    """One stage.

    Attributes:
        name: value of `stage` in `linked.person_links`.
        statement: what it compares, one sentence.
        score: place in the order of strength, in [0, 1].
        blocks: columns of the records; a pair agrees on all columns of at least one block, none of them empty. The column
            `formal_name` stands for each of the names that a forename is a recorded short form of.
        alternatives: names of comparisons; a pair agrees on all of at least one alternative.
        contradictions: see `Contradictions`.
        one_reference: the records of a pair are one sender's for one reference of its own, so that they may differ in
            the forename although they stand in one feed.
        one_has: see `OneHas`.
    """

    name: str
    statement: str
    score: float
    blocks: tuple[tuple[str, ...], ...]
    alternatives: tuple[tuple[str, ...], ...]
    contradictions: Contradictions
    one_reference: bool = False
    one_has: OneHas = "anything"


#: A record that no stage linked to another has a learner of its own.
UNLINKED = "unlinked"
UNLINKED_SCORE = 0.0

SAME_RECORD = "same_record"

#: Two of date of birth, forename and surname, for a pair that shares an identifier. The third may differ as a slip of the
#: pen differs: an identifier written into a twin's record (same surname and date of birth) or a namesake's (same names)
#: must not make one person of two.
_TWO_OF_THREE = (
    ("date_of_birth", "forename"),
    ("date_of_birth", "names_exchanged"),
    ("date_of_birth", "surname", "forename_alike", "no_namesake"),
    ("forename", "surname", "date_of_birth_slip", "no_namesake"),
    ("forename", "surname", "centre_number", "no_namesake"),
    ("forename", "surname", "postcode", "no_namesake"),
)

STAGES: tuple[LinkStage, ...] = (
    LinkStage(
        name=SAME_RECORD,
        statement="Rows of one centre learner reference or one registration number with the same date of birth, and the "
        "same forename (misspelt at most), ULN or UCI.",
        score=1.0,
        blocks=(("reference_hash", "date_of_birth"),),
        alternatives=(
            ("own_reference", "forename"),
            ("own_reference", "forename_alike"),
            ("own_reference", "uln"),
            ("own_reference", "uci"),
        ),
        contradictions="allow",
        one_reference=True,
    ),
    LinkStage(
        name="uln_and_person",
        statement="The same ULN, date of birth, forename and surname.",
        score=0.99,
        blocks=(("uln_key", "date_of_birth"),),
        alternatives=(("forename", "surname"),),
        contradictions="allow",
    ),
    LinkStage(
        name="uln",
        statement="The same ULN and two of date of birth, forename and surname.",
        score=0.96,
        blocks=(("uln_key",),),
        alternatives=_TWO_OF_THREE,
        contradictions="allow",
    ),
    LinkStage(
        name="uci",
        statement="The same UCI and date of birth, and the forename or the surname.",
        score=0.95,
        blocks=(("uci_key", "date_of_birth"),),
        alternatives=(("forename",), ("names_exchanged",), ("surname", "forename_alike", "no_namesake")),
        contradictions="allow",
    ),
    LinkStage(
        name="personal_id",
        statement="The centre's row carries the applicant's UCAS Personal ID, with the date of birth and a name, or with "
        "forename and surname.",
        score=0.94,
        blocks=(("personal_id_key",),),
        alternatives=(
            ("date_of_birth", "forename"),
            ("date_of_birth", "names_exchanged"),
            ("date_of_birth", "forename_alike", "no_namesake"),
            ("forename", "surname", "no_namesake"),
        ),
        contradictions="allow",
    ),
    LinkStage(
        name="names_birth_postcode",
        statement="The same forename, surname, date of birth and postcode.",
        score=0.93,
        blocks=(("date_of_birth", "postcode_std", "forename_std"),),
        alternatives=(("forename_in_full", "surname_in_full"),),
        contradictions="within_feed",
    ),
    LinkStage(
        name="names_birth_qualification",
        statement="The same forename, surname, date of birth, centre and qualification.",
        score=0.92,
        blocks=(("date_of_birth", "current_centre_number", "forename_std"),),
        alternatives=(("forename_in_full", "surname_in_full", "qualification"),),
        contradictions="within_feed",
    ),
    LinkStage(
        name="names_birth_centre",
        statement="The same forename, surname, date of birth and centre, and no identifier that contradicts it.",
        score=0.9,
        blocks=(("date_of_birth", "current_centre_number", "forename_std"),),
        alternatives=(("forename_in_full", "surname_in_full"),),
        contradictions="forbid",
    ),
    LinkStage(
        name="nickname_birth_place",
        statement="Nicknames of one forename, the same surname and date of birth, and the same centre or postcode.",
        score=0.87,
        blocks=(("date_of_birth", "surname_std", "formal_name"),),
        alternatives=(("forename", "centre_number", "no_namesake"), ("forename", "postcode", "no_namesake")),
        contradictions="forbid",
    ),
    LinkStage(
        name="cut_name_birth_place",
        statement="A name cut at a field's width begins the other's; the other name, the date of birth, and the centre or "
        "postcode are the same.",
        score=0.85,
        blocks=(("date_of_birth", "forename_std"), ("date_of_birth", "surname_std")),
        alternatives=(
            ("forename", "surname", "centre_number", "no_namesake"),
            ("forename", "surname", "postcode", "no_namesake"),
        ),
        contradictions="forbid",
        one_has="name_at_full_width",
    ),
)
