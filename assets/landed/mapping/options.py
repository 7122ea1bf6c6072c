"""What a source file can say of a table: under which headings the columns of each feed stand, and how their values are
written.

Everything is checked when the source file is read, before any delivery: an unknown column, a format that can be read
two ways and a list that gives a code which the contract does not know are errors of the mapping.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from assets.landed.mapping.formats import DateFormat, Kind, contradiction, date_format
from assets.landed.mapping.headings import folded
from assets.landed.reader import Options
from assets.landed.sources import Lookup, LookupTable
from schemas.feeds import FEEDS, Column
from schemas.fields import Field as Meaning


def _texts(value: Any) -> Any:
    """One text or a list of them, as a tuple."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise ValueError(
            "give a text or a list of texts; what looks like a number, a date or yes and no goes in quotes"
        )
    return tuple(value)


def _quoted_keys(value: Any) -> Any:
    if isinstance(value, dict) and not all(isinstance(text, str) for pair in value.items() for text in pair):
        raise ValueError(
            "give texts for texts; what looks like a number, a date or yes and no goes in quotes, as in 'Yes': Y"
        )
    return value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Codes = Annotated[Lookup, BeforeValidator(_quoted_keys)]


class Split(Options):
    """A part of a cell that holds several: the text `by` parts it into `of` parts, of which `part` is taken, from 1."""

    by: str = Field(min_length=1)
    part: int = Field(ge=1)
    of: int = Field(default=2, ge=2)

    @model_validator(mode="after")
    def _there(self) -> Self:
        if self.part > self.of:
            raise ValueError(f"[part] is [{self.part}] of [{self.of}]; count from 1")
        return self


class TakenFrom(Options):
    """A column of a table of the mapping, looked up by the cell."""

    table: str
    column: str


class ColumnRule(Options):
    """Where a canonical column comes from, and how its cells are written.

    Attributes:
        headings: the headings under which it may stand, one of them in a file.
        constant: what it holds throughout, instead.
        split: the part of the cell that counts: `by` parts it into `of` parts (2), of which `part` is taken, from 1.
        dates: how dates are written, for columns that hold a day or a moment: one format or several, as `dd/mm/yyyy`,
            `d Mon yyyy` or `m/d/yyyy h:mm:ss AM +00:00`; two that read one text as two dates are an error.
        months: how months are written, for columns that hold a month; a day in them is dropped.
        years_from: the first of the hundred years in which years of two digits lie.
        mixed_dates: whether a sheet may hold dates of its own beside dates written as text, whatever these look like.
        values: canonical text by what is written.
        lookup: where to look the cell up, instead: a `table` of the mapping, and the `column` of it.
        casefold: whether upper and lower case are the same in `values` and `lookup`.
        unknown: what becomes of a cell that `values` (which pass it on by default) or `lookup` (which refuses it) do
            not know.
        empty: what is written where nothing is held.
        spreadsheet: whether the values passed through cells of a spreadsheet, so that leading zeros may be lost.
    """

    headings: Texts = Field(default=(), alias="from")
    constant: str | None = None
    split: Split | None = None
    dates: Texts = ()
    months: Texts = ()
    years_from: int | None = Field(default=None, ge=1800, le=2000)
    mixed_dates: Literal["refuse", "accept"] = "refuse"
    values: Codes = {}
    lookup: TakenFrom | None = None
    casefold: bool = False
    unknown: Literal["pass_on", "refuse"] | None = None
    empty: Texts = ()
    spreadsheet: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.constant is None) == (not self.headings):
            raise ValueError("give either [from], its headings, or [constant]")
        if "?" in (self.constant, *self.values.values()):
            raise ValueError("a question mark of a draft stands there still; fill it in")
        if self.constant is not None and self.model_fields_set != {"constant"}:
            raise ValueError("a [constant] is canonical text already; leave everything else out")
        if not all(folded(heading) for heading in self.headings):
            raise ValueError("a heading is empty; name it")
        if self.values and self.lookup:
            raise ValueError("give either [values] or [lookup]")
        if self.unknown and not (self.values or self.lookup):
            raise ValueError("[unknown] is said of [values] or [lookup]; give one of them")
        if self.casefold:
            _require_one_meaning(self.values)
        return self


def _require_one_meaning(values: dict[str, str]) -> None:
    meant: dict[str, str] = {}
    for written, code in values.items():
        if meant.setdefault(written.lower(), code) != code:
            raise ValueError(f"[values] gives [{written}] two meanings if case does not count; keep one")


class FeedRule(Options):
    """What a mapping says of one feed.

    Attributes:
        columns: where each of its columns comes from.
        only: the rows that are its records, by the texts allowed in columns of the table.
        sheet: the feed's own sheet of a workbook, by its name or names.
        header_row: the row of the headings on that sheet.
    """

    columns: dict[str, ColumnRule]
    only: dict[str, Texts] = {}
    sheet: Texts = ()
    header_row: int | None = Field(default=None, ge=1)


class Mapping(Options):
    """What a source file says of a table, wherever it stands.

    Attributes:
        feeds: the feeds that are in it: of each where its columns come from, and which rows are its records.
        empty: what is written where nothing is held, in any column.
        spreadsheet: whether all values passed through cells of a spreadsheet, so that leading zeros may be lost.
        tables: lists to look up in, by their first column.
    """

    feeds: dict[str, FeedRule] = Field(min_length=1)
    empty: Texts = ()
    spreadsheet: bool = False
    tables: dict[str, LookupTable] = {}

    @model_validator(mode="after")
    def _as_the_contract(self) -> Self:
        for name, feed in self.feeds.items():
            if name not in FEEDS:
                raise ValueError(f"[feeds.{name}] is no feed; the feeds are [{', '.join(FEEDS)}]")
            known = {column.name: column for column in FEEDS[name].columns}
            if strange := [column for column in feed.columns if column not in known]:
                raise ValueError(f"[feeds.{name}] has no column [{', '.join(strange)}]; it has [{', '.join(known)}]")
            if missing := [column for column in FEEDS[name].required_in_header if column not in feed.columns]:
                raise ValueError(
                    f"[feeds.{name}] does not say where [{', '.join(missing)}] comes from; add it to [columns]"
                )
            if not any(rule.headings for rule in feed.columns.values()):
                raise ValueError(f"[feeds.{name}] takes nothing from the table; give one column [from]")
            for column, rule in feed.columns.items():
                try:
                    self._check(rule, known[column])
                except ValueError as error:
                    raise ValueError(f"[feeds.{name}.columns.{column}]: {error}") from None
        return self

    def _check(self, rule: ColumnRule, column: Column) -> None:
        meaning = column.field
        if rule.dates and meaning.kind not in ("date", "moment"):
            raise ValueError(f"[dates] is for days; the column holds a {meaning.kind}")
        if rule.months and meaning.kind != "month":
            raise ValueError(f"[months] is for months; the column holds a {meaning.kind}")
        stated = formats_of(rule, meaning)
        short = next((one.text for one in stated if "short_year" in one.whats), None)
        if (short is None) != (rule.years_from is None):
            raise ValueError(
                "[years_from] says in which hundred years years of two digits lie; give it with a format with yy only"
            )
        if found := contradiction(stated, _kind(meaning), rule.years_from):
            raise ValueError(
                f"[{found[0]}] and [{found[1]}] read one text as two dates; give only the one that is meant"
            )
        if meaning.codes is not None and (strange := sorted(set(rule.values.values()) - {*meaning.codes, ""})):
            raise ValueError(f"[values] gives [{', '.join(strange)}], and the codes are [{', '.join(meaning.codes)}]")
        if rule.lookup is not None:
            self._check_lookup(rule.lookup, rule.casefold)

    def _check_lookup(self, lookup: TakenFrom, casefold: bool) -> None:
        table = self.tables.get(lookup.table)
        if table is None:
            raise ValueError(f"[lookup] names the table [{lookup.table}], which is none of [tables]; add it")
        if any(lookup.column not in row for row in table.values()):
            raise ValueError(
                f"[lookup] names the column [{lookup.column}], which the table [{lookup.table}] lacks; add it"
            )
        if casefold:
            _require_one_meaning({key: row[lookup.column] for key, row in table.items()})


class FileMapping(Mapping):
    """What a source file says of a table in a file made for people, with rows above and below.

    Attributes:
        header_row: the row or line of the headings, from 1; by default the first that is not blank. What stands above
            is skipped.
        footer: how the rows below the last record begin; only rows at the end of the table are taken for such.
    """

    header_row: int | None = Field(default=None, ge=1)
    footer: Texts = ()

    @field_validator("footer")
    @classmethod
    def _begins_with_something(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(text.strip() for text in value):
            raise ValueError("the beginning of a footer is empty; give its first words")
        return value


def formats_of(rule: ColumnRule, meaning: Meaning) -> list[DateFormat]:
    """How the dates or months of a column are written."""
    return [date_format(text, _kind(meaning)) for text in (*rule.dates, *rule.months)]


def _kind(meaning: Meaning) -> Kind:
    return meaning.kind if meaning.kind in ("moment", "month") else "date"
