"""The language of specification files: which keys there are, what each means and what may stand there.

Said once, here. The strict reader (`schemas.specification_reader`), the JSON Schema for editors
(`schemas.specification_schema`) and the table in docs/specification-language.md are projected from it; what the values
become is in `schemas.specification_text`. The shapes that a description is made of are in `schemas.yaml_shapes`.
"""

from schemas.specification import AT_LEAST, AT_MOST, KINDS, MEASURES, METHODS
from schemas.yaml_shapes import Each, Entries, Form, Key, Keyed, Named, OneOf, Shape, day, text, truth, whole

GRADE = text("A grade.")
UNIT_NUMBERS = Entries(of=text("A unit's number."))
AT = tuple(dict.fromkeys((*AT_LEAST, *AT_MOST)))


def _may(name: str, form: Form, meaning: str) -> Key:
    return Key(name=name, form=form, meaning=meaning, required=False)


def _must(name: str, form: Form, meaning: str) -> Key:
    return Key(name=name, form=form, meaning=meaning, required=True)


def _bounds(of: str, words: str) -> tuple[Key, ...]:
    return (
        _may(of, whole(), f"Exactly so much: {words}."),
        _may(f"minimum_{of}", whole(), f"Least: {words}."),
        _may(f"maximum_{of}", whole(), f"Most: {words}."),
    )


_REGISTERED = Shape(
    meaning="First and last registration date for which it holds.",
    grounded="may",
    keys=(_must("from", day(), "First registration date."), _may("to", day(), "Last one; left out: none.")),
)
_GRADES = Shape(
    meaning="A scale of unit grades.",
    grounded="may",
    keys=(
        _must("fail", GRADE, "The grade of a unit that is not passed, e.g. U."),
        _may("near_pass", GRADE, "The grade between fail and Pass, if there is one."),
        _must("pass", Entries(of=GRADE), "Grades at which a unit is passed, lowest first."),
    ),
)
_UNIT = Shape(
    meaning="A unit.",
    grounded="may",
    keys=(
        _must("number", text(), "Its number, as results carry it, in quotes."),
        _must("title", text(), "Its title."),
        _must("size", whole(), "Its size, in the measure of the qualification."),
        _must("kind", text(choices=KINDS), "external: entered by series; internal: graded and claimed."),
        _may("level", whole(), "Its level, where a limit asks for levels."),
        _may("must_pass", truth(), "It counts only if passed, or nearly where near_pass is accepted."),
        _may("near_pass", truth(), "A near pass counts as achieved. Left out: it counts as the fail grade."),
        _may("attempts", whole(), "How often an external unit may be sat. Left out: no limit is known."),
        _may(
            "offered_in",
            Entries(of=text(pattern=r"(\d{4}-)?(0[1-9]|1[0-2])")),
            'Series in which an external unit is offered: months ("01") or single series ("2027-01"). Left out: all.',
        ),
        _may("equivalents", UNIT_NUMBERS, "Numbers of equivalent or predecessor units whose results count as its own."),
        _may("grades", _GRADES, "Its own scale, where it is not that of unit_grades."),
        _may(
            "points",
            OneOf(
                forms=(
                    text(
                        "Points are taken from the result row; at most those of the best grade.", choices=("reported",)
                    ),
                    Each(key="grade", of=whole(), meaning="Its own points by grade, whatever its size."),
                )
            ),
            "Its own points by grade, or the word reported. Left out: by its size.",
        ),
        _may("reported_up_to", whole(), "With points: reported, the most points of its best grade. Left out: by size."),
    ),
)
_CHOOSE = Shape(
    meaning="How much is taken: what is left out is not bounded.",
    keys=(
        *_bounds("members", "units and groups directly within it that are taken (n of them)"),
        *_bounds("units", "units taken, at any depth"),
        *_bounds("size", "size taken, at any depth"),
    ),
)
_GROUP = Shape(
    meaning="Units, or units and groups, of which all or some are taken.",
    grounded="may",
    keys=(
        _must("name", text(), "A name for readers, used once in the file."),
        _may("all", truth(), "true: every member is taken. Give this or choose."),
        _may("choose", _CHOOSE, "How many are taken, and how much."),
        _must("of", Entries(of=OneOf(forms=(text("A unit's number."), Named(name="group")))), "Its members."),
    ),
)
_LIMIT = Shape(
    meaning="What is selected of some units, at some grades, lies within bounds.",
    grounded="may",
    keys=(
        _must("name", text(), "A name for readers, used once in the file."),
        _may("of", UNIT_NUMBERS, "The units it looks at. Left out: all."),
        _may("level", whole(), "Only units at this level or above."),
        _may(
            "at",
            text(choices=AT),
            "The grades it looks at. Least amounts: any, achieved (near pass or above), pass. "
            "Most: any, fail, near_pass, below_pass. Left out: any.",
        ),
        *_bounds("units", "units taken"),
        *_bounds("size", "size taken"),
    ),
)
_BARRED = Shape(
    meaning="Units that may not count together.",
    grounded="may",
    keys=(
        _must("units", UNIT_NUMBERS, "Two units or more."),
        _may("at_most", whole(), "How many of them count at most. A pair: 1. Must be given for more than two."),
    ),
)
_GATE = Shape(
    meaning="Something asked for beside units: met by a grade, or by a quantity.",
    grounded="may",
    keys=(
        _must("code", text(), "The unit_number under which its evidence arrives."),
        _must("name", text(), "What it is, for readers."),
        _may("met_by", Entries(of=GRADE), "A status gate: the grades that meet it."),
        _may("quantity", whole(), "A quantity gate: the sum of points that meets it."),
        _may("unit_of", text(), "What the quantity is counted in, e.g. hours."),
    ),
)
_COMBINATION_GROUPS = Entries(of=Named(name="group"))
_LIMITS = Shape(
    meaning="Limits on what is selected as a whole.",
    grounded="must",
    keys=(_must("list", Entries(of=_LIMIT), "Each."),),
)
_PATHWAY = Shape(
    meaning="One way through the qualification: its groups and limits are added to the common ones.",
    grounded="may",
    keys=(
        _must("name", text(), "As registrations carry it."),
        _may("known_as", Entries(of=text()), "Other names and codes of it."),
        _may("groups", _COMBINATION_GROUPS, "Its groups."),
        _may("limits", Entries(of=_LIMIT), "Its limits."),
    ),
)
_COHORT = Shape(
    meaning="A look-up table and the registrations for which it holds.",
    grounded="may",
    keys=(
        _must("name", text(), "A name for readers."),
        _must("registered", _REGISTERED, "Its registration dates."),
        _must("table", Named(name="look_up"), "The overall grade, by the grade of each component in turn."),
    ),
)
_COMPONENT = Shape(
    meaning="A part whose grade the look-up uses.",
    keys=(
        _must("name", text(), "A name for readers."),
        _must("units", UNIT_NUMBERS, "Its unit; of several, the best that is taken gives the grade."),
    ),
)
_GRADING = Shape(
    meaning="How the overall grade is made.",
    keys=(
        _must("method", text(choices=METHODS), "How."),
        _may(
            "unit_points",
            Shape(
                meaning="Unit points.",
                grounded="must",
                keys=(
                    _must(
                        "by_size",
                        Keyed(of=Each(key="grade", of=whole(), meaning="Points by grade."), meaning="By unit size."),
                        "Points by size and grade.",
                    ),
                ),
            ),
            "points_and_thresholds: unit points by size and grade; units may have points of their own instead.",
        ),
        _may(
            "thresholds",
            Shape(
                meaning="Least points of each grade.",
                grounded="must",
                keys=(_must("grades", Each(key="grade", of=whole(), meaning="Lowest first."), "Grade: points."),),
            ),
            "points_and_thresholds: the least points that each grade needs.",
        ),
        _may(
            "look_up",
            Shape(
                meaning="A table of overall grades.",
                grounded="must",
                keys=(
                    _must("grades", Entries(of=GRADE), "The overall grades, lowest first."),
                    _must("components", Entries(of=_COMPONENT), "The parts, in the order of the table."),
                    _must("cohorts", Entries(of=_COHORT), "The table; several where it changed from one cohort on."),
                ),
            ),
            "look_up: the table.",
        ),
        _may(
            "final_unit",
            Shape(
                meaning="The unit whose grade is the overall grade.",
                grounded="must",
                keys=(
                    _must("units", UNIT_NUMBERS, "Its number; several where one of them is taken."),
                    _must("grades", Each(key="grade", of=GRADE, meaning="Lowest first."), "Unit grade: overall grade."),
                ),
            ),
            "final_unit: the unit.",
        ),
        _may(
            "grade",
            Shape(meaning="The one grade.", grounded="must", keys=(_must("name", GRADE, "The grade."),)),
            "pass_only: the grade of every complete combination.",
        ),
    ),
)
_SOURCE = Shape(
    meaning="What was read.",
    keys=(
        _must("title", text(), "What it is."),
        _must("address", text(), "Where it can be found."),
        _must("edition", text(), "Issue, commit or date of the source itself."),
        _must("mark", text(choices=("primary", "secondary")), "primary: the organisation's or regulator's own words."),
        _must("taken_on", day(), "Day on which the values were taken."),
    ),
)

#: Forms that stand within themselves.
NAMED: dict[str, Form] = {
    "group": _GROUP,
    "look_up": Each(
        key="grade",
        of=OneOf(forms=(GRADE, Named(name="look_up"))),
        meaning="Overall grade, or a table by the next component's grade.",
    ),
}

SPECIFICATION = Shape(
    meaning="One version of a qualification's rule of combination.",
    keys=(
        _must("specification", text(), "Its name; the file is named <specification>.<version>.yaml."),
        _must("version", text(), "Its version, in quotes."),
        _must("suite", text(), "The sizes of one subject share it."),
        _must("worked_example", truth(), "true where a value is not stated by a source: then it is nobody's own rule."),
        _may("note", text(), "Words for readers."),
        _must(
            "qualification",
            Shape(
                meaning="What it is the specification of.",
                grounded="must",
                keys=(
                    _must("title", text(), "The qualification's title."),
                    _must(
                        "qualification_numbers",
                        Entries(of=text(pattern=r"\d{7}[\dX]", hint="8 characters without slashes")),
                        "Ofqual's qualification numbers, without slashes.",
                    ),
                    _must("awarding_organisation_rn", text(), "Ofqual's recognition number of the organisation."),
                ),
            ),
            "The qualification.",
        ),
        _must(
            "size",
            Shape(
                meaning="The size of the qualification.",
                grounded="must",
                keys=(
                    _must("measure", text(choices=MEASURES), "What sizes are counted in."),
                    _must("total", whole(), "The size that a selection must reach."),
                ),
            ),
            "Its size.",
        ),
        _must("registered", Shape(meaning=_REGISTERED.meaning, grounded="must", keys=_REGISTERED.keys), "Validity."),
        _must("unit_grades", Shape(meaning=_GRADES.meaning, grounded="must", keys=_GRADES.keys), "The units' scale."),
        _must(
            "units",
            Shape(meaning="The units.", grounded="must", keys=(_must("list", Entries(of=_UNIT), "Each once."),)),
            "Every unit that can count.",
        ),
        _must(
            "combination",
            Shape(
                meaning="What is taken.",
                grounded="must",
                keys=(
                    _may("groups", _COMBINATION_GROUPS, "What every learner takes."),
                    _may("pathways", Entries(of=_PATHWAY), "Alternatives, one of which each learner takes."),
                ),
            ),
            "The rule of combination.",
        ),
        _may("limits", _LIMITS, "Limits. A unit at the fail grade counts only as far as a limit at fail allows."),
        _may(
            "barred",
            Shape(
                meaning="Barred pairs and sets.",
                grounded="must",
                keys=(_must("list", Entries(of=_BARRED), "Each."),),
            ),
            "Units that may not count together.",
        ),
        _may(
            "gates",
            Shape(meaning="Gates.", grounded="must", keys=(_must("list", Entries(of=_GATE), "Each."),)),
            "What is asked for beside units.",
        ),
        _must("grading", _GRADING, "How the overall grade is made."),
        _must(
            "sources",
            Each(key="source", of=_SOURCE, meaning="By the name under which values cite it."),
            "What was read. A value rests on its group's source, or is written {value: 3, source: name}, or "
            "{value: 3, stated: false} where no source states it.",
        ),
    ),
)
