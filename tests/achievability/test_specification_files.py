"""Specification files: the shipped ones load, and every kind of fault is refused with a message that names it."""

from datetime import date
from pathlib import Path

import pytest

from assets.reconciled.achievability.held import load_specification, load_specifications
from schemas.specification import Bounds, SpecificationError

SOUND = """
specification: example
version: "1"
suite: example
worked_example: true
qualification:
  stated: false
  title: An invented qualification
  qualification_numbers: ["60000001"]
  awarding_organisation_rn: RN0000
size: {stated: false, measure: guided_learning_hours, total: 240}
registered: {stated: false, from: 2020-09-01}
unit_grades: {stated: false, fail: U, near_pass: N, pass: [P, D]}
units:
  source: handbook
  list:
    - {number: "1", title: One, size: 60, kind: external, must_pass: true, near_pass: true, attempts: 3}
    - {number: "2", title: Two, size: 60, kind: internal}
    - {number: a/1, title: Three, size: 60, kind: internal}
    - {number: a/2, title: Four, size: 60, kind: {value: internal, stated: false}}
    - {number: a/3, title: Five, size: 60, kind: internal, stated: false}
combination:
  stated: false
  groups:
    - {name: Mandatory units, all: true, of: ["1", "2"]}
    - {name: Optional units, choose: {units: 2}, of: [a/1, a/2, a/3]}
limits: {stated: false, list: [{name: At U, at: fail, maximum_size: 60}]}
grading:
  method: points_and_thresholds
  unit_points: {stated: false, by_size: {60: {U: 0, N: 4, P: 6, D: 16}}}
  thresholds: {stated: false, grades: {P: 24, D: 60}}
sources:
  handbook: {title: Handbook, address: on paper, edition: issue 1, mark: primary, taken_on: 2026-11-22}
"""

# What is replaced, by what, and what the message must say.
FAULTS = [
    ("suite: example", "suite: example\nsweet: 1", "[sweet]"),
    ("size: 60, kind: external", "size: 60, hours: 3, kind: external", "[units.list[0].hours]"),
    ("choose: {units: 2}", "choose: {units: 2, colour: red}", "[combination.groups[1].choose.colour]"),
    ("D: 16}", "D: 16, M: 10}", "[grading.unit_points.by_size.60.M]"),
    ("suite: example\n", "", "[suite] is missing"),
    ("total: 240", "total: lots", "example.1.yaml:11]: [size.total] is [lots]; write a whole number"),
    ('number: "2"', "number: 2", "[units.list[1].number] is [2]; write text"),
    ("from: 2020-09-01", 'from: "2020-09-01"', "[registered.from] is [2020-09-01]; write a date"),
    ("near_pass: true", "near_pass: 1", "[units.list[0].near_pass] is [1]; write true or false"),
    ("measure: guided_learning_hours", "measure: days", "must be one of guided_learning_hours, credits"),
    ('"60000001"', '"600/0000/1"', "holds [600/0000/1]; write 8 characters"),
    ("suite: example", "suite: example\nsuite: other", "key [suite] is given twice"),
    ("suite: example", "suite: [", "no YAML that can be read"),
    ("limits: {stated: false,", "limits: {", "source: <name> or stated: false"),
    ("limits: {stated: false,", "limits: {stated: true,", "[limits.stated] is [true]; name the source"),
    ("limits: {stated: false,", "limits: {source: rumour,", "is [rumour], which [sources] does not describe"),
    ("  source: handbook", "  stated: false", "[sources.handbook] is cited by no value"),
    ("worked_example: true", "worked_example: false", "must say worked_example: true"),
    ('version: "1"', 'version: "2"', "make [example.2.yaml]"),
    ('number: "2"', 'number: "1"', "holds unit [1] [2] times; a unit stands once"),
    ("of: [a/1, a/2, a/3]", "of: [a/1, a/2, a/3, a/4]", "names unit [A/4], which [units] does not hold"),
    ("of: [a/1, a/2, a/3]", 'of: [a/1, a/2, a/3, "2"]', "names unit [2] again"),
    ("of: [a/1, a/2, a/3]", "of: [a/1, a/2]", "place unit [A/3] nowhere"),
    ("choose: {units: 2}", "choose: {units: 4}", "takes [4] to [4] of [3] units"),
    ("choose: {units: 2}", "choose: {minimum_size: 90, maximum_size: 60}", "takes [90] to [60]; bounds must ascend"),
    ("choose: {units: 2}", "choose: {units: 1, minimum_size: 90}", "of [Optional units] cannot be met"),
    ('all: true, of: ["1"', 'all: false, of: ["1"', "must say all: true, or choose:"),
    ("total: 240", "total: 300", "is [300], and units that count add up to [240] at most"),
    ("total: 240", "total: 180", "is [180], and what must be taken adds up to [240]"),
    ("P: 24, D: 60", "P: 24, D: 24", "[grading.thresholds.grades.D] is [24], not above"),
    ("P: 24, D: 60", "P: 24, D: 65", "is [65], and all units at their best give [64] points"),
    ("P: 6, D: 16", "P: 16, D: 6", "must not be negative or fall as grades rise"),
    ("N: 4, ", "", "gives no points for grade [N], which unit [1] needs"),
    ("at: fail, maximum_size: 60", "at: fail, minimum_size: 60", "asks for a least amount at [fail]"),
    ("at: fail, maximum_size: 60", "at: pass, maximum_size: 60", "allows a most amount at [pass]"),
    ("at: fail, maximum_size: 60", "at: pass, minimum_size: 330", "asks for more than its units"),
    ("at: fail, maximum_size: 60", "at: pass", "bounds nothing"),
    ("at: fail, maximum_size: 60", "of: [a/9], at: fail, maximum_size: 60", "names unit [A/9], which [units] does not"),
    ("at: fail, maximum_size: 60", "level: 3, minimum_size: 60", "[units.list[0].level] of unit [1] is missing"),
    ("limits: {", "barred: {stated: false, list: [{units: [a/1]}]}\nlimits: {", "name two units or more"),
    ("limits: {", "barred: {stated: false, list: [{units: [a/1, a/2, a/3]}]}\nlimits: {", "say at_most"),
    (
        "limits: {",
        'barred: {stated: false, list: [{units: ["1", "2"]}]}\nlimits: {',
        "240 GLH are needed; of units 1 and 2 at most 1 may count",
    ),
    ("limits: {", "gates: {stated: false, list: [{code: G, name: Hours}]}\nlimits: {", "met_by or a quantity above 0"),
    ("limits: {", 'gates: {stated: false, list: [{code: "1", name: H, quantity: 1}]}\nlimits: {', "number [1] twice"),
    ("number: a/1,", "number: a/1, equivalents: [a/2],", "uses the number [A/2] twice"),
    ("number: a/1,", 'number: a/1, offered_in: ["01"],', "only external units are entered by series"),
    ("attempts: 3}", 'attempts: 3, offered_in: ["13"]}', "[units.list[0].offered_in[0]] holds [13]"),
    ("number: a/1,", "number: a/1, points: {P: 9, D: 3},", "must not be negative or fall"),
    ("number: a/1,", "number: a/1, points: {P: 9, X: 30},", "names grade [X]"),
    (
        "choose: {units: 2}, of: [a/1, a/2, a/3]",
        "choose: {members: 1}, of: [{name: X, choose: {maximum_units: 1}, of: [a/1]}, a/2, a/3]",
        "asks for nothing, and it is one of several",
    ),
    ("choose: {units: 2}", "choose: {units: 2, maximum_units: 3}", "says exactly how much, and"),
    ("of: [a/1, a/2, a/3]}", "of: [a/1, a/2, a/3]}\n  pathways: [{name: One}]", "[combination.pathways] hold one"),
    ("name: Optional units", "name: Mandatory units", "uses the name [Mandatory units] twice"),
    ("kind: internal}\n    - {number: a/1", "kind: internal, attempts: 2}\n    - {number: a/1", "only external units"),
    ("near_pass: N, ", "", "[grading.unit_points.by_size.60.N]"),
    ("from: 2020-09-01", "from: 2020-09-01, to: 2019-09-01", "[registered.to] is [2019-09-01], before [from]"),
    ("pass: [P, D]", "pass: [P, D, D]", "holds [D] twice"),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "example.1.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_file_loads_and_says_that_it_is_a_worked_example() -> None:
    found = load_specifications()
    assert not found.refused
    assert {
        *("60171558", "60171595", "60171613", "60171571", "60171601"),
        *("60170943", "60170967", "60171017", "60171455"),
    } <= {number for one in found.specifications for number in one.qualification_numbers}
    # No handbook was read, so no shipped file may pass for one.
    assert all(one.worked_example for one in found.specifications)
    assert all(source.mark in {"primary", "secondary"} for one in found.specifications for source in one.sources)


def test_a_sound_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = load_specification(written(tmp_path, SOUND))
    assert [unit.number for unit in found.units] == ["1", "2", "A/1", "A/2", "A/3"]
    assert (found.units[0].attempts, found.units[1].attempts) == (3, None)
    assert found.groups[1].units == Bounds(minimum=2, maximum=2)
    assert (found.grading.grades, found.grading.thresholds) == (("P", "D"), (24, 60))
    assert (found.registered_from, found.registered_to) == (date(2020, 9, 1), None)
    assert "units.list[3].kind" in found.not_stated
    assert "units.list[4]" in found.not_stated
    assert "units" not in found.not_stated


def test_a_pass_only_qualification_needs_no_points(tmp_path: Path) -> None:
    start = SOUND.index("grading:")
    text = (
        SOUND[:start]
        + "grading: {method: pass_only, grade: {stated: false, name: Pass}}\n"
        + SOUND[SOUND.index("sources:") :]
    )
    grading = load_specification(written(tmp_path, text)).grading
    assert (grading.grades, grading.thresholds) == (("Pass",), (0,))


@pytest.mark.parametrize(("sound", "fault", "message"), FAULTS, ids=[fault[2][:50] for fault in FAULTS])
def test_a_faulty_file_is_refused_with_the_key_and_the_reason(
    tmp_path: Path, sound: str, fault: str, message: str
) -> None:
    assert sound in SOUND
    with pytest.raises(SpecificationError) as refused:
        load_specification(written(tmp_path, SOUND.replace(sound, fault, 1)))
    assert message in str(refused.value)
    assert str(refused.value).startswith("specification [example.1.yaml")


def test_a_refused_file_is_set_aside_with_the_registrations_it_would_have_decided(tmp_path: Path) -> None:
    written(tmp_path, SOUND.replace("total: 240", "total: 300"))
    (tmp_path / "broken.1.yaml").write_text("suite: [", encoding="utf-8")
    (tmp_path / "latin.1.yaml").write_bytes(b"suite: caf\xe9")
    found = load_specifications(tmp_path)
    assert not found.specifications
    assert [(one.file, one.qualification_numbers, one.registered_from) for one in found.refused] == [
        ("broken.1.yaml", (), None),
        ("example.1.yaml", ("60000001",), date(2020, 9, 1)),
        ("latin.1.yaml", (), None),
    ]
    assert "save it as UTF-8" in found.refused[2].message
