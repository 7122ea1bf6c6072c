"""Records of an Electronic Data Interchange file: told apart by their markers, in their order, counted as trailers count.

What is checked here is of the file as a whole, so what fails refuses it: headers that contradict the file's name, a trailer
that counts other records than there are, a file cut short. Fields of details are cut in `_edi_details`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from assets.landed.line_blocks import BLANK
from assets.landed.readers._edi_fields import cut, series_of
from assets.landed.readers._edi_names import EdiName
from assets.landed.refusals import RefusedDelivery
from schemas.edi_layout import FieldPlace, Layout
from schemas.edi_meanings import Role

_HEADERS: tuple[Role, ...] = ("file_header", "centre_header")
_TRAILERS: tuple[Role, ...] = ("centre_trailer", "file_trailer")

_SEND_AGAIN = (
    "It may have been cut short or changed on its way; have it sent again, or correct the layout of its source."
)
_LAYOUT = "Correct the name if it was changed, or the layout of its source."


@dataclass(frozen=True, kw_only=True)
class Records:
    """Some of a file's records.

    Attributes:
        details: `line`, `text`, and of the headers `centre_number` and `series` (`yyyy-mm`), null where they do not say.
        awarding_organisation: identifier in the file's name.
        unknown: `line` of records whose marker the layout does not have.
        others: records that the layout says are not read.
        lines: records of any kind.
    """

    details: pl.DataFrame
    awarding_organisation: str
    unknown: pl.DataFrame
    others: int
    lines: int


def records_of(blocks: Iterable[bytes], layout: Layout, name: EdiName) -> Iterator[Records]:
    """A file's records.

    Args:
        blocks: UTF-8, cut behind line breaks.
        layout: where things stand.
        name: what the file's name says.

    Raises:
        RefusedDelivery: `edi_structure`, `edi_count`, `edi_version`, `edi_series`, or `edi_name` where the contents
            contradict the name.
    """
    file, begun = _File(layout, name), 1
    for block in blocks:
        texts = pl.Series("text", [block.decode().removesuffix("\n")]).str.split("\n").explode()
        lines = pl.DataFrame([pl.int_range(begun, begun + len(texts), eager=True).alias("line"), texts])
        begun += len(texts)
        filled = lines.with_columns(pl.col("text").str.strip_suffix("\r")).filter(
            pl.col("text").str.strip_chars(BLANK) != ""
        )
        if filled.height:
            yield file.take(filled)
    file.finish()


def _successors(roles: Iterable[Role]) -> dict[str, tuple[str, ...]]:
    """Which type of record may follow which; `begin` is the file's beginning."""
    there = set(roles)

    def those(*wanted: Role) -> tuple[str, ...]:
        return tuple(role for role in wanted if role in there)

    inner = those("centre_header") or ("detail",)
    after_centre = those("centre_trailer") or those("centre_header", "file_trailer")
    return {
        "begin": those("file_header") or inner,
        "file_header": (*inner, *those("file_trailer")),
        "centre_header": ("detail", *after_centre),
        "detail": ("detail", *after_centre),
        "centre_trailer": those("centre_header", "file_trailer"),
        "file_trailer": (),
    }


def _words(role: str) -> str:
    return role.replace("_", " ")


class _File:
    """A file on the way through it: what its headers said, and how many records there were."""

    def __init__(self, layout: Layout, name: EdiName) -> None:
        self._layout, self._name, self._roles = layout, name, layout.records()
        self._follows = _successors(self._roles)
        self._previous, self._records, self._details = "begin", 0, 0
        #: What the lines above say, and the number of the record at which the centre begins, with the details before it.
        self._above: dict[str, str | int | None] = {
            "centre_number": name.centre_number,
            "series": name.series,
            "begins": 1,
            "before": 0,
        }

    def take(self, lines: pl.DataFrame) -> Records:
        """The next of its records, checked against those before."""
        detail = pl.col("role") == "detail"
        known = lines.with_columns(
            self._role().alias("role"),
            pl.int_range(self._records + 1, self._records + lines.height + 1).alias("n"),
        ).with_columns(details=detail.fill_null(False).cast(pl.Int64).cum_sum() + self._details)
        self._records += lines.height
        self._details = int(known["details"][-1])
        self._check_order(known.filter(pl.col("role").is_in(list(self._roles))))
        self._check_name(known)
        told = self._under_headers(known)
        self._check_counts(told)
        return Records(
            details=told.filter(detail).select("line", "text", "centre_number", "series"),
            awarding_organisation=self._name.organisation,
            unknown=known.filter(pl.col("role").is_null()).select("line"),
            others=known.filter(pl.col("role") == "other").height,
            lines=lines.height,
        )

    def finish(self) -> None:
        """Checks that the file ends where it may.

        Raises:
            RefusedDelivery: `edi_structure`.
        """
        last = next((role for role in reversed(_TRAILERS) if role in self._roles), None)
        if last is not None and self._previous != last:
            raise RefusedDelivery("edi_structure", f"The file does not end with its [{_words(last)}].", _SEND_AGAIN)

    def _role(self) -> pl.Expr:
        marker = self._layout.marker
        if marker is None:
            return pl.lit("detail")
        roles: dict[str | None, str] = {record.marker: role for role, record in self._roles.items()}
        roles |= dict.fromkeys(self._layout.others, "other")
        found = pl.col("text").str.slice(marker.first - 1, marker.width)
        return found.replace_strict(roles, default=None, return_dtype=pl.String)

    def _check_order(self, records: pl.DataFrame) -> None:
        if not records.height:
            return
        allowed = [f"{first}>{second}" for first, rest in self._follows.items() for second in rest]
        seen = records.with_columns(before=pl.col("role").shift(1, fill_value=self._previous))
        wrong = seen.filter(~pl.concat_str(["before", "role"], separator=">").is_in(allowed))
        if wrong.height:
            line, role, before = wrong.select("line", "role", "before").row(0)
            where = "at the beginning" if before == "begin" else f"after a [{_words(before)}]"
            what = f"Line [{line}] is a [{_words(role)}], which cannot stand {where}."
            raise RefusedDelivery("edi_structure", what, _SEND_AGAIN)
        self._previous = str(records["role"][-1])

    def _check_name(self, records: pl.DataFrame) -> None:
        """Whether all records say what the file's name says, and the header a version that the layout holds for."""
        for role, record in self._roles.items():
            of_role = records.filter(pl.col("role") == role)
            centre = None if role == "detail" else self._name.centre_number
            expected = {
                "data_type": self._name.data_type,
                "awarding_organisation": self._name.organisation,
                "centre_number": centre,
            }
            for meaning, value in expected.items():
                if value is not None and meaning in record.fields:
                    line = _differing(of_role, record.fields[meaning], [value])
                    if line is not None:
                        what = f"Line [{line}] has another [{_words(meaning)}] than the file's name."
                        raise RefusedDelivery("edi_name", what, _LAYOUT)
            if "version" in record.fields and _differing(of_role, record.fields["version"], self._layout.versions):
                versions = ", ".join(self._layout.versions)
                raise RefusedDelivery(
                    "edi_version",
                    f"The file is of another version of the formats than the layout's [{versions}].",
                    "Name a layout of its version in its source.",
                )

    def _under_headers(self, records: pl.DataFrame) -> pl.DataFrame:
        """Each record with what the headers above it say: `centre_number`, `series`, `begins`, `before`."""
        centre, series = [pl.lit(None, dtype=pl.String)], [pl.lit(None, dtype=pl.String)]
        for role in _HEADERS:
            fields = self._roles[role].fields if role in self._roles else {}
            here = pl.col("role") == role
            if "centre_number" in fields:
                centre.append(pl.when(here).then(cut(pl.col("text"), fields["centre_number"])))
            if "series" in fields:
                told = series_of(cut(pl.col("text"), fields["series"]), cut(pl.col("text"), fields["year"]))
                self._check_series(records.filter(here).with_columns(told.alias("series")))
                series.append(pl.when(here).then(told))
        begins = pl.col("role") == "centre_header"
        above = records.with_columns(
            pl.coalesce(*centre).alias("centre_number"),
            pl.coalesce(*series).alias("series"),
            pl.when(begins).then(pl.col("n")).alias("begins"),
            pl.when(begins).then(pl.col("details")).alias("before"),
        ).with_columns(pl.col(name).forward_fill().fill_null(value) for name, value in self._known_above().items())
        self._above = above.select(*self._above).row(-1, named=True)
        return above

    def _known_above(self) -> dict[str, pl.Expr]:
        return {
            name: pl.lit(value, dtype=pl.Int64 if name in ("begins", "before") else pl.String)
            for name, value in self._above.items()
        }

    def _check_series(self, headers: pl.DataFrame) -> None:
        if not headers.height:
            return
        if headers["series"].null_count():
            line = headers.filter(pl.col("series").is_null())["line"][0]
            what = f"Line [{line}] has no series of a character for the month and a letter, with a year."
            raise RefusedDelivery("edi_series", what, _SEND_AGAIN)
        if self._name.series is not None and (headers["series"] != self._name.series).any():
            raise RefusedDelivery("edi_name", "A header has another [series] than the file's name.", _LAYOUT)

    def _check_counts(self, records: pl.DataFrame) -> None:
        for role in _TRAILERS:
            place = self._roles[role].fields.get("record_count") if role in self._roles else None
            if place is None:
                continue
            of_centre = role == "centre_trailer"
            there = (
                pl.col("n") - (pl.col("begins") - 1 if of_centre else 0)
                if place.counts == "records"
                else pl.col("details") - (pl.col("before") if of_centre else 0)
            )
            told = cut(pl.col("text"), place)
            number = pl.when(told.str.contains("(?-u)^[0-9]+$")).then(told).cast(pl.Int64, strict=False)
            counted = records.filter(pl.col("role") == role).select("line", there.alias("there"), number.alias("told"))
            wrong = counted.filter(pl.col("told").ne_missing(pl.col("there")))
            if wrong.height:
                line, known = wrong.select("line", "there").row(0)
                what = f"The [{_words(role)}] on line [{line}] counts otherwise than the [{known}] {place.counts} there are."
                raise RefusedDelivery("edi_count", what, _SEND_AGAIN)


def _differing(records: pl.DataFrame, place: FieldPlace, allowed: list[str]) -> int | None:
    """The first line on which a field holds none of some values."""
    value = cut(pl.col("text"), place).str.to_uppercase()
    wrong = records.filter(~value.is_in(allowed).fill_null(False))
    return int(wrong["line"][0]) if wrong.height else None
