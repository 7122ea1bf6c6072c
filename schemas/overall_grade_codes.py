"""Codes of overall grades: what a grade of two characters means, by the qualification and the channel.

A field of two characters cannot hold a triple grade. The same code means one grade in a results file of one form and
another grade in another, and again another for a qualification whose grades reach D*D*D*; so a code is decoded by its
channel and the qualification's own scale, never compared as text. Codes of unit grades are in `schemas.grade_codes`.

Source: Pearson, Viewing overall results for BTEC triple grades (support.pearson.com). It gives no EDIFACT codes for
qualifications without D*, nor below DMM; these are not decoded.
"""

from collections.abc import Mapping, Sequence

from schemas.grade_codes import CHANNELS as UNIT_CHANNELS

#: Channels of two characters: files of the Joint Council for Qualifications' electronic data interchange, and EDIFACT.
CHANNELS = ("edi", "edifact")

_PASSES = {"M1": "MMM", "M2": "MMP", "M3": "MPP", "P1": "PPP"}
_WITHOUT_STAR = {"edi": {"D1": "DDD", "D2": "DDM", "D3": "DMM", **_PASSES}, "edifact": {}}
_WITH_STAR = {
    "edi": {"D1": "D*D*D*", "D2": "D*D*D", "D3": "D*DD", "D4": "DDD", "D5": "DDM", "D6": "DMM", **_PASSES},
    "edifact": {"D6": "D*D*D*", "D7": "D*D*D", "D8": "D*DD", "D1": "DDD", "D2": "DDM", "D3": "DMM"},
}

#: Channels whose overall grades are written as the unit grades of a channel are. Centres write as the Individualised Learner
#: Record's OutGrade does.
_WRITTEN_AS = {"centre": "centre", "ilr": "centre"}


def overall_grade(code: str, *, channel: str, grades: Sequence[str]) -> str | None:
    """The grade that a code means, or None where it is none of the qualification's.

    Args:
        code: as delivered, trimmed and in capitals.
        channel: `edi`, `edifact`, `ilr`, or a feed's side, whose codes are the grades themselves.
        grades: the qualification's own scale.
    """
    known = {grade.upper(): grade for grade in grades}
    return known.get(_codes(channel, known).get(code, code))


def _codes(channel: str, grades: Mapping[str, str]) -> Mapping[str, str]:
    if channel in _WRITTEN_AS:
        return next(dict(one.codes) for one in UNIT_CHANNELS if one.name == _WRITTEN_AS[channel])
    if channel not in CHANNELS or "DDD" not in grades:
        return {}
    return (_WITH_STAR if "D*D*D*" in grades else _WITHOUT_STAR)[channel]
