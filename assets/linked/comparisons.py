"""How two records are compared: the SQL of each comparison that `schemas.link_stages` names.

A comparison is a condition on two rows `a` and `b` of `link_record`, true only where both have what is compared. In
words they stand in `schemas.link_stages.COMPARISONS`, and what a stage makes of them stands there too; the levels of the
match model stand in `schemas.match_comparisons`.
"""

import re
from collections.abc import Callable

from schemas.link_stages import COMPARISONS, FORENAME_WIDTHS, SURNAME_WIDTHS, OneHas, lengths_of_cut_names
from schemas.match_comparisons import COMPARED


def _lengths(widths: tuple[int, ...]) -> str:
    return ", ".join(map(str, lengths_of_cut_names(widths)))


def _cut(name: str, length: str, widths: tuple[int, ...], extra: str = "") -> str:
    """One name, delivered at a field's full width, begins the other."""
    ways = (
        f"({one}.{length} IN ({_lengths(widths)}) AND starts_with({other}.{name}, {one}.{name}){extra.format(one=one)})"
        for one, other in (("a", "b"), ("b", "a"))
    )
    return " OR ".join(ways)


def _misspelt(column: str, other_column: str = "") -> str:
    """One slip of the pen between names of four letters and more, two from seven letters on."""
    one, other = f"a.{column}", f"b.{other_column or column}"
    shorter = f"least(length({one}), length({other}))"
    allowed = f"CASE WHEN {shorter} >= 7 THEN 2 WHEN {shorter} >= 4 THEN 1 ELSE 0 END"
    return f"damerau_levenshtein({one}, {other}) <= {allowed}"


def _within(part: str, whole: str) -> str:
    """Further forenames of which some are left out, or an initial."""
    return f"(contains({whole}, {part}) AND (length({part}) > 1 OR starts_with({whole}, {part})))"


def _initial_of(one: str, other: str) -> str:
    """The one's forename is the other's initial."""
    return f"(length({one}.forename_std) = 1 AND starts_with({other}.forename_std, {one}.forename_std))"


def _further_of(one: str, other: str) -> str:
    """The one's forename is one of the other's further forenames."""
    return f"(length({one}.forename_std) > 2 AND contains({other}.other_forenames_std, {one}.forename_std))"


def _either(relation: Callable[[str, str], str]) -> str:
    """A relation of one record's name to the other's, whichever is the one."""
    return f"({relation('a', 'b')} OR {relation('b', 'a')})"


# Twins of one first forename (two brothers Muhammad) are told apart by the second.
_FURTHER_FORENAMES = (
    "(a.other_forenames_std IS NULL OR b.other_forenames_std IS NULL"
    f" OR {_within('a.other_forenames_std', 'b.other_forenames_std')}"
    f" OR {_within('b.other_forenames_std', 'a.other_forenames_std')}"
    f" OR {_misspelt('other_forenames_std')})"
)
_SURNAME_IN_FULL = (
    "a.surname_std = b.surname_std OR a.previous_surname_std = b.surname_std OR a.surname_std = b.previous_surname_std"
)
_SURNAME_CUT = _cut("surname_std", "surname_length", SURNAME_WIDTHS)
# The forenames are cut at their end: the first is cut only where it stands alone.
_FORENAME_CUT = _cut("forename_std", "forenames_length", FORENAME_WIDTHS, " AND {one}.other_forenames_std IS NULL")
_FORENAME = (
    "(CASE WHEN a.forename_std = b.forename_std THEN true"
    f" ELSE list_has_any(a.formal_names, b.formal_names) OR {_FORENAME_CUT} END AND {_FURTHER_FORENAMES})"
)
_BIRTH_EXCHANGED = (
    "(year(a.date_of_birth) = year(b.date_of_birth) AND month(a.date_of_birth) = day(b.date_of_birth)"
    " AND day(a.date_of_birth) = month(b.date_of_birth))"
)
_BIRTH_SLIP = (
    "((year(a.date_of_birth) = year(b.date_of_birth))::INT + (month(a.date_of_birth) = month(b.date_of_birth))::INT"
    f" + (day(a.date_of_birth) = day(b.date_of_birth))::INT = 2 OR {_BIRTH_EXCHANGED})"
)

AO_REFERENCE = (
    "(a.awarding_organisation_rn = b.awarding_organisation_rn AND a.registration_number = b.registration_number)"
)
CENTRE_REFERENCE = "(a.centre_number = b.centre_number AND a.centre_learner_reference = b.centre_learner_reference)"

#: Condition by name of the comparison, of those that the two records settle.
CONDITIONS: dict[str, str] = {
    "own_reference": f"({AO_REFERENCE} OR {CENTRE_REFERENCE})",
    "uln": "a.uln_key = b.uln_key",
    "uci": "a.uci_key = b.uci_key",
    "date_of_birth": "a.date_of_birth = b.date_of_birth",
    "date_of_birth_slip": _BIRTH_SLIP,
    "forename": _FORENAME,
    "forename_in_full": f"a.forename_std = b.forename_std AND {_FURTHER_FORENAMES}",
    "forename_alike": f"({_misspelt('forename_std')} OR {_either(_initial_of)} OR {_either(_further_of)})",
    "surname": f"({_SURNAME_IN_FULL} OR {_SURNAME_CUT})",
    "surname_in_full": f"({_SURNAME_IN_FULL})",
    "names_exchanged": "(a.surname_std = b.forename_std AND a.forename_std = b.surname_std)",
    "centre_number": "a.current_centre_number = b.current_centre_number",
    "postcode": "a.postcode_std = b.postcode_std",
}

#: Comparisons that look beyond the two records; `assets.linked.deterministic` makes them once the rest holds.
BEYOND_THE_PAIR = ("qualification", "no_namesake")

if odd := {*CONDITIONS, *BEYOND_THE_PAIR} ^ set(COMPARISONS):
    raise RuntimeError(f"comparisons without words or without SQL [{', '.join(sorted(odd))}]: give each both")

#: Condition on one record by what `schemas.link_stages.OneHas` asks for.
RECORD_CONDITIONS: dict[OneHas, str] = {
    "anything": "true",
    "name_at_full_width": (
        f"(surname_length IN ({_lengths(SURNAME_WIDTHS)}) OR forenames_length IN ({_lengths(FORENAME_WIDTHS)}))"
    ),
}

#: Two records that may be one person as far as date of birth and forename go.
MAY_BE_ONE_PERSON = f"(a.date_of_birth = b.date_of_birth AND {_FORENAME})"

# A slip of the pen seldom makes one forename into another (Jaden, Jayden): between two such names it may be a twin's.
_TWO_NAMES = "(a.forename_is_name AND b.forename_is_name)"
_DIGITS = "strftime({0}.date_of_birth, '%Y%m%d')"


def _part(one: str, other: str) -> str:
    """The one's surname begins or ends the other's."""
    return (
        f"(length({one}.surname_std) > 2 AND (starts_with({other}.surname_std, {one}.surname_std)"
        f" OR ends_with({other}.surname_std, {one}.surname_std)))"
    )


#: Condition by name of a level of the match model.
LEVELS: dict[str, str] = {
    "forename_same": "a.forename_std = b.forename_std",
    "forename_recorded": f"(list_has_any(a.formal_names, b.formal_names) OR {_FORENAME_CUT})",
    "names_exchanged": CONDITIONS["names_exchanged"],
    "names_exchanged_alike": (
        f"(({_misspelt('surname_std', 'forename_std')} AND {_misspelt('forename_std', 'surname_std')})"
        " OR a.surname_std = b.forename_std OR a.forename_std = b.surname_std)"
    ),
    "forename_nickname": (
        "(list_contains(a.nickname_of, b.forename_std) OR list_contains(b.nickname_of, a.forename_std))"
    ),
    "forename_further": _either(_further_of),
    "forename_initial": _either(_initial_of),
    "forename_misspelt": f"({_misspelt('forename_std')} AND NOT {_TWO_NAMES})",
    "forename_likeness": (f"(jaro_winkler_similarity(a.forename_std, b.forename_std) >= 0.88 AND NOT {_TWO_NAMES})"),
    "forename_rare": f"(NOT {_TWO_NAMES})",
    "further_forenames": _FURTHER_FORENAMES,
    "surname_same": "a.surname_std = b.surname_std",
    "surname_previous": "(a.previous_surname_std = b.surname_std OR a.surname_std = b.previous_surname_std)",
    "surname_cut": f"({_SURNAME_CUT})",
    "surname_part": _either(_part),
    "surname_misspelt": _misspelt("surname_std"),
    "birth_digit": (f"(hamming({_DIGITS.format('a')}, {_DIGITS.format('b')}) = 1 OR {_BIRTH_EXCHANGED})"),
    "postcode_slip": "damerau_levenshtein(a.postcode_std, b.postcode_std) = 1",
    "postcode_district": (
        "left(a.postcode_std, length(a.postcode_std) - 3) = left(b.postcode_std, length(b.postcode_std) - 3)"
    ),
    "sex": "a.sex = b.sex",
    "personal_id": "a.personal_id_key = b.personal_id_key",
    **{
        name: CONDITIONS[name]
        for name in ("date_of_birth", "date_of_birth_slip", "postcode", "uln", "uci", "centre_number")
    },
}
_TEXT_LEVELS = {
    "same": "a.{0} = b.{0}",
    "slip": _misspelt("{0}"),
    "likeness": "jaro_winkler_similarity(a.{0}, b.{0}) >= 0.85",
}

if odd := {level for comparison in COMPARED for level, _ in comparison.levels} ^ set(LEVELS):
    raise RuntimeError(f"levels without words or without SQL [{', '.join(sorted(odd))}]: give each both")


def level_condition(level: str) -> str:
    """The condition of a level of the match model; `kind:column` is that of a further text column."""
    if ":" in level:
        kind, _, column = level.partition(":")
        return _TEXT_LEVELS[kind].format(column)
    return LEVELS[level]


def on_one_row(condition: str) -> str:
    """A condition on rows `a` and `b` as one on a row that holds both, in columns that end in `_l` and `_r`."""
    return re.sub(r"\b([ab])\.(\w+)", lambda found: f"{found[2]}_{'l' if found[1] == 'a' else 'r'}", condition)
