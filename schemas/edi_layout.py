"""What a layout file may say: where the fields of an Electronic Data Interchange file stand, position by position.

The booklet of the common formats is public only in part, so a layout is data: some are shipped (`schemas/edi_layouts`),
each with what it rests on, and a source can bring its own. Positions count from 1, `from` and `to` included. What fields can
mean is in `schemas.edi_meanings`, whether a layout holds together in `schemas.edi_layout_proof`.
"""

from functools import cache
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.edi_layout_proof import problems_of
from schemas.edi_meanings import ROLES, Kind, Role
from schemas.strict_yaml import mapping_of

#: Longest record: far longer than any known, and short enough to look at each position.
LONGEST = 5_000

#: How a date may be written; years of two digits need `two_digit_years_from`.
DateForm = Literal["ddmmyy", "ddmmyyyy", "yymmdd", "yyyymmdd"]


class LayoutError(ValueError):
    """A layout file cannot be used. The message names the place in the file, what is wrong, and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Place(_Strict):
    """Positions of a record, or within a group of one."""

    first: int = Field(alias="from", ge=1, le=LONGEST)
    last: int = Field(alias="to", ge=1, le=LONGEST)

    @property
    def width(self) -> int:
        return self.last - self.first + 1


class FieldPlace(Place):
    """Where a field stands and how it is written.

    Attributes:
        date: how a date is written.
        codes: what stands there to what it means; what is not named stays as it is.
        counts: of `record_count`: `records` from the header to the trailer, both included, or `details` alone.
    """

    date: DateForm | None = None
    codes: dict[str, str] | None = None
    counts: Literal["records", "details"] | None = None


class Gap(Place):
    """Positions that are not read, and what stands there as far as it is known."""

    what: str = Field(min_length=1)


class Group(Place):
    """Fields that a record holds several times; their positions count from 1 within each."""

    times: int = Field(ge=1, le=500)
    fields: dict[str, FieldPlace]
    gaps: list[Gap] = []

    @property
    def width_of_one(self) -> int:
        return self.width // self.times


class RecordLayout(_Strict):
    """A type of record: the marker by which it is known, and each of its positions."""

    marker: str | None = None
    fields: dict[str, FieldPlace] = {}
    gaps: list[Gap] = []
    repeated: Group | None = None


class Layout(_Strict):
    """A layout.

    Attributes:
        kind: what the file is.
        source: what the positions rest on, in words.
        length: positions of a record.
        versions: versions of the formats, as the file's header tells it, for which the layout holds.
        marker: where the marker of a record's type stands; None where all records are details.
        two_digit_years_from: the first year of those that two digits can mean.
        uci_elsewhere: of entries: that the unique candidate identifier does not stand where the format has it.
        longer_lines: whether lines may go on beyond `length`; what stands there is not read.
        others: markers of records that are not read.
    """

    kind: Kind
    source: str = Field(min_length=1)
    length: int = Field(ge=1, le=LONGEST)
    versions: list[str] = []
    marker: Place | None = None
    two_digit_years_from: int | None = Field(default=None, ge=1900, le=2000)
    uci_elsewhere: bool = False
    longer_lines: bool = False
    file_header: RecordLayout | None = None
    centre_header: RecordLayout | None = None
    detail: RecordLayout
    centre_trailer: RecordLayout | None = None
    file_trailer: RecordLayout | None = None
    others: list[str] = []

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if problems := problems_of(self):
            raise ValueError("; ".join(problems))
        return self

    def records(self) -> dict[Role, RecordLayout]:
        """The types of record that there are, in the order in which they stand in a file."""
        return {role: found for role in ROLES if (found := getattr(self, role)) is not None}


def layout_of(text: str) -> Layout:
    """The layout that a YAML text holds.

    Raises:
        LayoutError: it cannot be used.
    """
    try:
        told = mapping_of(text)
    except ValueError as error:
        raise LayoutError(str(error)) from None
    return checked_layout(told)


def checked_layout(told: Any) -> Layout:
    """The layout that a mapping holds.

    Raises:
        LayoutError: it cannot be used.
    """
    try:
        return Layout.model_validate(told)
    except ValidationError as error:
        raise LayoutError("; ".join(_told(problem) for problem in error.errors(include_url=False))) from None


def _told(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    words = str(problem["msg"]).removeprefix("Value error, ")
    return f"[{place}]: {words}" if place else words


def shipped_layouts() -> tuple[str, ...]:
    """Names of the layouts that are shipped."""
    found = (path.name for path in (files("schemas") / "edi_layouts").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


@cache
def shipped_layout(name: str) -> Layout:
    """A layout that is shipped.

    Raises:
        LayoutError: there is none of that name.
    """
    if name not in shipped_layouts():
        raise LayoutError(f"no layout of this name is shipped; there are [{', '.join(shipped_layouts())}]")
    return layout_of((files("schemas") / "edi_layouts" / f"{name}.yaml").read_text(encoding="utf-8"))
