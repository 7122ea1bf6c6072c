"""How two records are compared: the SQL of each comparison that `schemas.link_stages` names.

A comparison is a condition on two rows `a` and `b` of `link_record`, true only where both have what is compared. In
words they stand in `schemas.link_stages.COMPARISONS`; what a stage makes of them stands there too.
"""

from schemas.link_stages import COMPARISONS, FORENAME_WIDTHS, SURNAME_WIDTHS, OneHas


def _lengths(widths: tuple[int, ...]) -> str:
    """Lengths of a name that fills a field. A space or hyphen at the cut is lost: one less."""
    return ", ".join(str(number) for width in widths for number in (width - 1, width))


def _cut(name: str, length: str, widths: tuple[int, ...], extra: str = "") -> str:
    """One name, delivered at a field's full width, begins the other."""
    ways = (
        f"({one}.{length} IN ({_lengths(widths)}) AND starts_with({other}.{name}, {one}.{name}){extra.format(one=one)})"
        for one, other in (("a", "b"), ("b", "a"))
    )
    return " OR ".join(ways)


def _misspelt(column: str) -> str:
    """One slip of the pen between names of four letters and more, two from seven letters on."""
    shorter = f"least(length(a.{column}), length(b.{column}))"
    allowed = f"CASE WHEN {shorter} >= 7 THEN 2 WHEN {shorter} >= 4 THEN 1 ELSE 0 END"
    return f"damerau_levenshtein(a.{column}, b.{column}) <= {allowed}"


def _within(part: str, whole: str) -> str:
    """Further forenames of which some are left out, or an initial."""
    return f"(contains({whole}, {part}) AND (length({part}) > 1 OR starts_with({whole}, {part})))"


def _known_by(one: str, other: str) -> str:
    """The one's forename is the other's initial, or one of the other's further forenames."""
    return (
        f"(length({one}.forename_std) = 1 AND starts_with({other}.forename_std, {one}.forename_std))"
        f" OR (length({one}.forename_std) > 2 AND contains({other}.other_forenames_std, {one}.forename_std))"
    )


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
_BIRTH_SLIP = (
    "((year(a.date_of_birth) = year(b.date_of_birth))::INT + (month(a.date_of_birth) = month(b.date_of_birth))::INT"
    " + (day(a.date_of_birth) = day(b.date_of_birth))::INT = 2"
    " OR (year(a.date_of_birth) = year(b.date_of_birth) AND month(a.date_of_birth) = day(b.date_of_birth)"
    " AND day(a.date_of_birth) = month(b.date_of_birth)))"
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
    "forename_alike": f"({_misspelt('forename_std')} OR {_known_by('a', 'b')} OR {_known_by('b', 'a')})",
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
