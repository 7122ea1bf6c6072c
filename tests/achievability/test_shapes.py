"""Each shape of rule in the shipped files, with learners whose answer can be worked out by hand."""

import pytest

from assets.reconciled.achievability.engine import assess
from assets.reconciled.achievability.held import load_specifications
from assets.reconciled.achievability.judged import STATUSES
from schemas.specification import Specification
from tests.achievability.drawn import situations
from tests.achievability.oracle import UnitState


def held(name: str, cohort: int = 0) -> Specification:
    return [one for one in load_specifications().specifications if one.name == name][cohort]


def answer(specification: Specification, words: str, pathway: int = -1) -> tuple[str, str | None]:
    """Status and secured grade of a learner; `OS1=D` is a result, everything else is closed."""
    grades = dict(word.split("=") for word in words.split())
    learner = {code: UnitState(grade=grades.get(code)) for code in specification.positions}
    found = assess(specification, situations(specification, [learner], [pathway]))
    place = int(found.secured[0])
    return STATUSES[found.status[0]], specification.grading.grades[place] if place >= 0 else None


GATES = "PLACEMENT=met ENGLISH=met MATHS=met"


@pytest.mark.parametrize(
    ("cohort", "words", "expected"),
    [
        (0, f"CORE=A* OS1=D {GATES}", ("achieved", "D*")),
        (0, f"CORE=A* OS1=M {GATES}", ("achieved", "D")),
        # The same grades under the earlier and the later cohort's table.
        (0, f"CORE=B OS2=M {GATES}", ("achieved", "M")),
        (1, f"CORE=B OS2=M {GATES}", ("achieved", "D")),
        # The better of two specialisms is the one that is taken.
        (1, f"CORE=B OS1=P OS2=D {GATES}", ("achieved", "D")),
        (1, f"CORE=E OS1=P {GATES}", ("achieved", "P")),
        (1, f"CORE=U OS1=D {GATES}", ("unachievable", None)),
        (1, "CORE=A* OS1=D PLACEMENT=met ENGLISH=met", ("unachievable", None)),
    ],
)
def test_a_t_level_is_looked_up_in_the_table_of_its_cohort_once_its_gates_are_met(
    cohort: int, words: str, expected: tuple[str, str | None]
) -> None:
    assert answer(held("t-level-example", cohort), words) == expected


def test_the_cohorts_of_a_t_level_part_at_a_registration_date() -> None:
    earlier, later = (held("t-level-example", cohort) for cohort in (0, 1))
    assert earlier.registered_to is not None
    assert (later.registered_from - earlier.registered_to).days == 1
    counts = [
        sorted(list(one.grading.table.values()).count(grade) for grade in one.grading.grades)
        for one in (earlier, later)
    ]
    # Stated: 1 D*, 5 D, 6 M, 6 P before summer 2023; 1, 6, 7, 4 from then.
    assert counts == [[1, 5, 6, 6], [1, 4, 6, 7]]


CORE = "C1=Pass C2=Pass C3=Pass C4=Pass C5=Pass A1=Pass A2=Pass A3=Pass A4=Pass A5=Pass A6=Pass"


@pytest.mark.parametrize(
    ("options", "status"),
    [
        # 3 + 4 + 5 from H, 6 from I, 4 from J: 22
        ("H1=Pass H2=Pass H3=Pass I4=Pass J2=Pass", "achieved"),
        # 18 from H and 4 from J
        ("H1=Pass H2=Pass H3=Pass H4=Pass J2=Pass", "achieved"),
        # Only 9 from H
        ("H2=Pass H3=Pass I4=Pass J2=Pass J3=Pass J4=Pass", "unachievable"),
        # 12 from H, 6 + 5 from I of which at most 6 count, 3 from J: 21
        ("H1=Pass H2=Pass H3=Pass I3=Pass I4=Pass J1=Pass", "unachievable"),
    ],
)
def test_credit_from_groups_keeps_to_the_least_from_h_and_the_most_from_i(options: str, status: str) -> None:
    assert answer(held("group-credit-diploma-leadership"), f"{CORE} {options}", pathway=0)[0] == status


def test_a_pathway_asks_for_its_own_units_and_none_recorded_takes_the_best() -> None:
    specification = held("group-credit-diploma-leadership")
    units = f"{CORE} H1=Pass H2=Pass H3=Pass I4=Pass J2=Pass"
    assert [answer(specification, units, pathway)[0] for pathway in (0, 1, -1)] == [
        "achieved",
        "unachievable",
        "achieved",
    ]


def test_the_final_unit_decides_whichever_of_the_two_it_is() -> None:
    specification = held("ual-art-design-extended-diploma")
    before = " ".join(f"{number}=D" for number in range(1, 13))
    assert answer(specification, f"{before} 13=M") == ("achieved", "M")
    assert answer(specification, f"{before} 14=P") == ("achieved", "P")
    assert answer(specification, f"{before}")[0] == "unachievable"
    assert answer(specification, f"{before} 13=Referral")[0] == "unachievable"


def test_credit_at_level_3_and_from_other_btecs_keeps_to_its_bounds() -> None:
    specification = held("btec-2010-business-extended-diploma")
    mandatory = " ".join(f"{number}=P" for number in range(1, 5))

    def with_options(level_3: int, level_2: int, others: str) -> str:
        own = [f"{number}=P" for number in range(5, 5 + level_3)] + [
            f"{number}=D" for number in range(19, 19 + level_2)
        ]
        return answer(specification, f"{mandatory} {' '.join(own)} {others}")[0]

    # 40 + 100 at level 3 and 40 at level 2, these at D: 1260 points
    assert with_options(10, 4, "") == "achieved"
    # 40 + 90 at level 3 is short of 135, whatever the points
    assert with_options(9, 5, "") == "unachievable"
    # 40 + 100 and 30 of other BTECs are 170; the further 10 would make 40 of at most 35
    assert with_options(10, 0, "X1=P X2=P X3=P X5=P") == "unachievable"
    assert with_options(11, 0, "X1=P X2=P X3=P") == "achieved"
