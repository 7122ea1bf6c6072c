"""What the match model compares of two records, level by level, and by which blocks it looks for pairs.

The model weighs what the deterministic stages (`schemas.link_stages`) leave open. A comparison is a list of levels, from
the strongest agreement down; the first that holds counts, and each level has a weight that training finds. The SQL of a
level stands in `assets.linked.comparisons` under the level's name; weights, thresholds and the frequencies of names are
in the model itself (`schemas/match_models`).
"""

from dataclasses import dataclass

OTHERWISE = "otherwise"


@dataclass(frozen=True, kw_only=True)
class MatchComparison:
    """One comparison.

    Attributes:
        name: what is compared; part of the model and of the evidence.
        needs: columns of which both records must have a value; else nothing is compared and nothing weighed.
        levels: names of levels with what each says, from the strongest agreement down.
        otherwise: what it says where no level holds.
        unless: name of a condition under which nothing is compared although both have a value.
        frequency_of: column whose value's frequency makes the first level stronger (a rare name) or weaker (a Smith).
        identifier: whether one value belongs to one person, so that agreement on it tells twins apart.
    """

    name: str
    needs: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    otherwise: str
    unless: str = ""
    frequency_of: str = ""
    identifier: bool = False


COMPARED: tuple[MatchComparison, ...] = (
    MatchComparison(
        name="forename",
        needs=("forename_std",),
        levels=(
            ("forename_same", "the same first forename"),
            ("forename_recorded", "recorded nicknames of one name, or one forename cut at a field's width"),
            ("names_exchanged", "the one's surname is the other's first forename, and the other way round"),
            ("names_exchanged_alike", "one's surname is the other's first forename, and the rest misspelt or another"),
            ("forename_further", "one forename is among the other's further forenames"),
            ("forename_initial", "one forename is the other's initial"),
            (
                "forename_nickname",
                "one forename is listed as a nickname of the other, though many bear it as their own",
            ),
            ("forename_misspelt", "one forename is the other misspelt"),
            ("forename_likeness", "forenames much alike, and not both names that many bear"),
            ("forename_rare", "different forenames, and not both names that many bear"),
        ),
        otherwise="different forenames, both names that many bear",
        frequency_of="forename_std",
    ),
    MatchComparison(
        name="further_forenames",
        needs=("other_forenames_std",),
        levels=(("further_forenames", "further forenames that do not contradict each other"),),
        otherwise="different further forenames",
    ),
    MatchComparison(
        name="surname",
        needs=("surname_std",),
        levels=(
            ("surname_same", "the same surname"),
            ("surname_previous", "one surname is the other's previous surname"),
            ("surname_cut", "one surname is the other cut at a field's width"),
            ("surname_part", "one surname is part of the other's double surname"),
            ("surname_misspelt", "one surname is the other misspelt"),
        ),
        otherwise="different surnames",
        unless="names_exchanged_alike",
        frequency_of="surname_std",
    ),
    MatchComparison(
        name="date_of_birth",
        needs=("date_of_birth",),
        levels=(
            ("date_of_birth", "the same date of birth"),
            ("birth_digit", "dates of birth with one digit different, or with day and month exchanged"),
            ("date_of_birth_slip", "dates of birth that differ in one of day, month and year"),
        ),
        otherwise="different dates of birth",
    ),
    MatchComparison(name="sex", needs=("sex",), levels=(("sex", "the same sex"),), otherwise="different sex"),
    MatchComparison(
        name="postcode",
        needs=("postcode_std",),
        levels=(
            ("postcode", "the same postcode"),
            ("postcode_slip", "postcodes with one character different"),
            ("postcode_district", "postcodes of one district"),
        ),
        otherwise="postcodes of different districts",
    ),
    MatchComparison(
        name="uln",
        needs=("uln_key",),
        levels=(("uln", "the same valid ULN"),),
        otherwise="different ULNs",
        identifier=True,
    ),
    MatchComparison(
        name="uci",
        needs=("uci_key",),
        levels=(("uci", "the same valid UCI"),),
        otherwise="different UCIs",
        identifier=True,
    ),
    MatchComparison(
        name="personal_id",
        needs=("personal_id_key",),
        levels=(("personal_id", "the same UCAS Personal ID"),),
        otherwise="different UCAS Personal IDs",
        identifier=True,
    ),
    MatchComparison(
        name="centre_number",
        needs=("current_centre_number",),
        levels=(("centre_number", "the same centre, after mergers and renumbering"),),
        otherwise="different centres",
    ),
)


def text_comparison(column: str, *, identifier: bool = False) -> MatchComparison:
    """A comparison of one more text column, for records that have more than the canonical ones (an address line)."""
    return MatchComparison(
        name=column,
        needs=(column,),
        levels=(
            (f"same:{column}", f"the same {column}"),
            (f"slip:{column}", f"{column} with one or two characters different"),
            (f"likeness:{column}", f"{column} much alike"),
        ),
        otherwise=f"different {column}",
        frequency_of="" if identifier else column,
        identifier=identifier,
    )


@dataclass(frozen=True, kw_only=True)
class BlockingRule:
    """Pairs of records that agree on all of some columns are looked at.

    Attributes:
        name: value of `rule` in `published.link_review`; named for what the two records have in common.
        everybody: whether people who have records in all feeds between them already are looked at too.
        keys: expressions over one record's columns, none of them empty. `any_surname` stands for the surname and for the
            previous surname.
    """

    name: str
    keys: tuple[str, ...]
    everybody: bool = False


#: A block with more records than this says nothing of one person; it is left out, and counted.
BLOCK_BOUND = 300

BLOCKING_RULES: tuple[BlockingRule, ...] = (
    BlockingRule(name="uln", keys=("uln_key",), everybody=True),
    BlockingRule(name="uci", keys=("uci_key",), everybody=True),
    BlockingRule(name="personal_id", keys=("personal_id_key",), everybody=True),
    BlockingRule(
        name="birth_and_both_names",
        keys=("date_of_birth", "least(forename_std, surname_std)", "greatest(forename_std, surname_std)"),
    ),
    BlockingRule(name="birth_and_surname", keys=("date_of_birth", "any_surname")),
    BlockingRule(
        name="birth_forename_and_centre",
        keys=("date_of_birth", "forename_std", "current_centre_number"),
        everybody=True,
    ),
    BlockingRule(
        name="birth_forename_and_surname_initial", keys=("date_of_birth", "forename_std", "left(surname_std, 1)")
    ),
    BlockingRule(name="birth_and_postcode", keys=("date_of_birth", "postcode_std"), everybody=True),
    BlockingRule(
        name="birth_centre_and_initials",
        keys=("date_of_birth", "current_centre_number", "left(forename_std, 1)", "left(surname_std, 1)"),
    ),
    BlockingRule(name="names_and_centre", keys=("forename_std", "surname_std", "current_centre_number")),
    BlockingRule(name="names_and_postcode", keys=("forename_std", "surname_std", "postcode_std"), everybody=True),
    BlockingRule(
        name="names_and_birth_day_or_month",
        keys=(
            "forename_std",
            "surname_std",
            "year(date_of_birth)",
            "least(month(date_of_birth), day(date_of_birth))",
            "greatest(month(date_of_birth), day(date_of_birth))",
        ),
    ),
)
