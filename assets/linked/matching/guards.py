"""What weight alone does not settle: twins, namesakes at different centres, and two people of one sender.

The model knows how often things agree, not that a household gives its twins one surname, birthday, address and school,
nor that a sender who keeps two references keeps them for two people. So whatever a pair weighs,
- records with the same date of birth and different forenames are two people (`twins`), unless an identifier agrees that
  the model says tells even twins apart (a ULN does not: one twin's is found in the other's record);
- these are not linked without a person's word (`doubtful`): records with the same date of birth and other further
  forenames; a forename and what is listed as a nickname of it but is many people's own; records of different centres that
  agree in names and date of birth and in nothing else; two references of one feed with different dates of birth (and
  postcodes), or of which one has an initial or a nickname, if no identifier agrees; two references of one feed with
  forenames and numbers (ULN or UCI) of their own; like forenames with different numbers, of which none agrees; and quite
  different dates of birth without an identifier that agrees, for a household may use a name twice.

Each is a condition on a row of weighed pairs, which has for each comparison the level that held: the highest for the
strongest agreement, 0 for none, -1 where nothing was compared.
"""

from assets.linked.matching.model import MatchModel
from schemas.match_comparisons import COMPARED, text_comparison

#: Any of these, beside names and date of birth, tells a person from a namesake elsewhere.
_NUMBERS = ("uln", "uci", "personal_id")


def _reached(model: MatchModel, name: str, level: str = "") -> str:
    """A comparison has reached a level (the strongest, unless one is given); false where the model does not make it."""
    for comparison in model.settings["comparisons"]:
        if comparison["output_column_name"] == name:
            top = len(comparison["comparison_levels"]) - 2
            return f"gamma_{name} >= {top - _place(name, level)}"
    return "false"


def _place(name: str, level: str) -> int:
    """A level's place, counted from the strongest."""
    if not level:
        return 0
    comparisons = (text_comparison(name),) if ":" in level else COMPARED
    return next(
        [found for found, _ in compared.levels].index(level) for compared in comparisons if compared.name == name
    )


def _differs(model: MatchModel, name: str) -> str:
    made = {comparison["output_column_name"] for comparison in model.settings["comparisons"]}
    return f"gamma_{name} = 0" if name in made else "false"


def _if_guarded(model: MatchModel, condition: str) -> str:
    return condition if model.guarded else "false"


def _told_apart(model: MatchModel) -> list[str]:
    """Of what the model says tells even twins apart, each that agrees."""
    found = []
    for name in model.identifiers:
        _, level_of_text, column = name.partition(":")
        found.append(_reached(model, column, name) if level_of_text else _reached(model, name))
    return found


def _numbers(model: MatchModel) -> str:
    """An identifier agrees."""
    return " OR ".join([*(_reached(model, name) for name in _NUMBERS), *_told_apart(model)])


def _twins(model: MatchModel, forename: str) -> str:
    """Born on one day, with forenames that are related so."""
    told_apart = " OR ".join(_told_apart(model)) or "false"
    return _if_guarded(model, f"({forename} AND {_reached(model, 'date_of_birth')} AND NOT ({told_apart}))")


def twins(model: MatchModel) -> str:
    """Condition on a weighed pair: one household's twins, as far as names and birth can tell."""
    return _twins(model, f"gamma_forename >= 0 AND NOT {_reached(model, 'forename', 'forename_likeness')}")


def certain_twins(model: MatchModel) -> str:
    """The same, and neither forename is a slip of the pen: both are names that many bear."""
    return _twins(model, _differs(model, "forename"))


def known_by_another(model: MatchModel) -> str:
    """Condition on a weighed pair: one goes by a further forename of the other, and so differs from the other's first."""
    further = _reached(model, "forename", "forename_further")
    return f"({further} AND NOT {_reached(model, 'forename', 'names_exchanged_alike')})"


def of_one_forename(model: MatchModel) -> str:
    """Condition on a weighed pair: the forenames are one, whatever became of it: shortened, exchanged or misspelt."""
    initial, better = _reached(model, "forename", "forename_initial"), _reached(model, "forename", "forename_further")
    listed = _reached(model, "forename", "forename_nickname")
    weak = f"({listed} AND NOT {initial}) OR ({initial} AND NOT {better})"
    return f"({_reached(model, 'forename', 'forename_likeness')} AND NOT ({weak}))"


def of_two_forenames(model: MatchModel) -> str:
    """Condition on a weighed pair: the forenames are no forms of one; the one is the other misspelt at best."""
    return _if_guarded(model, f"(gamma_forename >= 0 AND NOT {_reached(model, 'forename', 'forename_initial')})")


def _namesakes(model: MatchModel) -> str:
    """At two centres, and nothing but names and date of birth ties them."""
    more = " OR ".join([_numbers(model), _reached(model, "postcode")])
    return f"({_differs(model, 'centre_number')} AND NOT ({more}))"


def _two_names(model: MatchModel) -> str:
    """The forenames may be two people's own, and no identifier says that they are not."""
    listed = _reached(model, "forename", "forename_nickname")
    better = _reached(model, "forename", "forename_initial")
    return f"({listed} AND NOT {better} AND NOT ({_numbers(model)}))"


def _brothers(model: MatchModel) -> str:
    """Born on one day, with different further forenames."""
    return f"({_differs(model, 'further_forenames')} AND {_reached(model, 'date_of_birth')})"


def _two_references(model: MatchModel) -> str:
    """Two references of one feed with different dates of birth, or with forenames that two people may have."""
    born = f"gamma_date_of_birth >= 0 AND NOT {_reached(model, 'date_of_birth')} AND NOT {_reached(model, 'postcode')}"
    own = _reached(model, "forename", "forename_nickname")
    same, exchanged = _reached(model, "forename"), _reached(model, "forename", "names_exchanged")
    recorded = _reached(model, "forename", "forename_recorded")
    other = f"gamma_forename >= 0 AND NOT {same} AND NOT ({exchanged} AND NOT {recorded})"
    # Twins of like names, each with a number of their own: one number that both share is a mistake then.
    numbered = f"({_differs(model, 'uln')} OR {_differs(model, 'uci')})"
    return (
        "(x.feed = y.feed AND x.reference_hash IS NOT NULL AND y.reference_hash IS NOT NULL"
        f" AND ((({born}) OR {own} AND {other}) AND NOT ({_numbers(model)}) OR {other} AND {numbered}))"
    )


def _born_apart(model: MatchModel) -> str:
    """Born on days that no slip of the pen makes of one another, and no identifier agrees."""
    return f"({_differs(model, 'date_of_birth')} AND NOT ({_numbers(model)}))"


def _like_names_and_two_numbers(model: MatchModel) -> str:
    """Born on one day, with like forenames and different numbers: all else that agrees, twins share."""
    differ = " OR ".join(_differs(model, name) for name in _NUMBERS)
    born = _reached(model, "date_of_birth")
    return f"({of_two_forenames(model)} AND {born} AND ({differ}) AND NOT ({_numbers(model)}))"


_ALWAYS = (_two_names, _brothers, _two_references, _born_apart, _like_names_and_two_numbers)


def doubtful(model: MatchModel) -> str:
    """Condition on a weighed pair and its records `x` and `y`: only a person can say that they are one."""
    return _if_guarded(model, " OR ".join(guard(model) for guard in (_namesakes, *_ALWAYS)))


def doubtful_together(model: MatchModel) -> str:
    """The same for two records that others tie: of namesakes at two centres others may know more."""
    return _if_guarded(model, " OR ".join(guard(model) for guard in _ALWAYS))
