"""Grade codes: how a channel writes a grade, so that grades are compared after decoding, and what is no grade at all.

A code decodes by the channel it came through (flag contract, point 12). Only codes that differ from the grade stand
here: any other code is the grade itself, trimmed and in capitals as the fields of the contract are.
`sql/facts/grade_codes.sql` and `sql/facts/no_grade_codes.sql` are projected from this module and a test compares them. The
two-character codes of overall triple grades depend on the qualification as well and are no unit grades, so they have no
place here; nor have forms whose meaning no source states (`**D`, `***D`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way on which unit grades travel.

    Attributes:
        name: as in the column `channel` of `reconciled.grade_codes`.
        carries_near_pass: whether it can carry the near pass N. One that cannot shows it as U.
        codes: code to grade, where they differ.
        source: where that is stated.
    """

    name: str
    carries_near_pass: bool
    codes: tuple[tuple[str, str], ...]
    source: str


#: The near pass, and what a channel that cannot carry it shows instead.
NEAR_PASS, UNCLASSIFIED = "N", "U"

CHANNELS = (
    Channel(
        name="centre",
        carries_near_pass=True,
        codes=(("*A", "A*"), ("*D", "D*")),
        source="Individualised Learner Record 2018-19 and 2020-21, field OutGrade: the star may stand first",
    ),
    Channel(
        name="awarding_organisation",
        carries_near_pass=True,
        codes=(),
        source="Pearson, Near Pass grade: Edexcel Online and the UCAS files show N "
        "(https://qualifications.pearson.com/en/support/support-topics/results-certification/near-pass-grade.html)",
    ),
    Channel(
        name="edi",
        carries_near_pass=False,
        codes=(),
        source="Pearson, Near Pass grade: in summer 2018 EDI files showed N as U "
        "(https://qualifications.pearson.com/en/support/support-topics/results-certification/near-pass-grade.html)",
    ),
    Channel(
        name="ucas",
        carries_near_pass=True,
        codes=(),
        source="Pearson, Near Pass grade: Edexcel Online and the UCAS files show N "
        "(https://qualifications.pearson.com/en/support/support-topics/results-certification/near-pass-grade.html)",
    ),
)

#: Pairs of channels whose grades are compared by a flag.
COMPARED = (("centre", "awarding_organisation"), ("ucas", "awarding_organisation"))

#: Codes that stand where a grade would and are none: partial absence, pending, no result. A blank is none either. The same
#: indicators are used between organisations and centres (OCR, results indicators:
#: http://www.ocr.org.uk/i-want-to/do/request-a-post-results-service/) and at UCAS (flag contract, point 12).
NO_GRADE = ("#", "Q", "X")
#: Channels on which these may come.
_CHANNELS_WITH_INDICATORS = ("awarding_organisation", "centre", "ucas")


def codes_between(channel: str, other: str) -> dict[str, str]:
    """Code to grade on one channel when it is compared with another.

    N equals U only where one of the two cannot carry N (flag contract, point 12): then N on the other reads as U.

    Raises:
        KeyError: no such channel.
    """
    by_name = {one.name: one for one in CHANNELS}
    codes = dict(by_name[channel].codes)
    if not (by_name[channel].carries_near_pass and by_name[other].carries_near_pass):
        codes[NEAR_PASS] = UNCLASSIFIED
    return codes


def grade_codes_sql() -> str:
    """The text of `sql/facts/grade_codes.sql`: columns channel, compared_with, code, grade."""
    rows = [
        (channel, other, code, grade)
        for one, two in COMPARED
        for channel, other in ((one, two), (two, one))
        for code, grade in sorted(codes_between(channel, other).items())
    ]
    names = ("channel", "compared_with", "code", "grade")
    selects = [
        "SELECT\n" + ",\n".join(f"    '{value}' AS {name}" for name, value in zip(names, row, strict=True))
        for row in rows
    ]
    return (
        "/*\n"
        "statement: Each unit grade code that is not the grade itself, by its channel and the one compared with.\n"
        "grain: channel, compared_with, code\n"
        "*/\n"
        "-- Written by schemas.grade_codes, where each code has its source. Change it there.\n"
        + "\nUNION ALL\n".join(selects)
        + "\n"
    )


def no_grade_codes_sql() -> str:
    """The text of `sql/facts/no_grade_codes.sql`: columns channel, code."""
    selects = [
        f"SELECT\n    '{channel}' AS channel,\n    '{code}' AS code"
        for channel in _CHANNELS_WITH_INDICATORS
        for code in NO_GRADE
    ]
    return (
        "/*\n"
        "statement: Each code that stands where a grade would and is none, by its channel.\n"
        "grain: channel, code\n"
        "*/\n"
        "-- Written by schemas.grade_codes, where each code has its source. Change it there.\n"
        + "\nUNION ALL\n".join(selects)
        + "\n"
    )
