"""What a published table and its columns say of themselves: type, meaning, and whether a value speaks of a person.

The tables are in `schemas.published` and, where they have a module of their own, beside it.
"""

from dataclasses import dataclass

from schemas.fields import DUCKDB_TYPES, FIELDS


@dataclass(frozen=True, kw_only=True)
class PublishedColumn:
    """One column: DuckDB type, meaning, and whether its values say something about a person."""

    name: str
    type: str
    meaning: str
    personal: bool


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """One table of schema `published`; `key` identifies a row and orders the table."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[PublishedColumn, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def column_ddl(self) -> str:
        """The columns as they stand between the brackets of CREATE TABLE."""
        return ", ".join(f'"{column.name}" {column.type}' for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class PublishedView:
    """A table that is not stored: its columns come from published tables that are, joined when it is asked."""

    table: PublishedTable
    source: str

    @property
    def query(self) -> str:
        """Its SELECT."""
        return f"SELECT {', '.join(self.table.column_names)} FROM {self.source}"


def of_field(name: str) -> PublishedColumn:
    """A column that means what the feed contract's field of that name means."""
    field = FIELDS[name]
    return PublishedColumn(name=name, type=DUCKDB_TYPES[field.kind], meaning=field.meaning, personal=field.personal)


def own(name: str, type: str, meaning: str, *, personal: bool = False) -> PublishedColumn:
    """A column that no feed has."""
    return PublishedColumn(name=name, type=type, meaning=meaning, personal=personal)


def count(name: str, meaning: str) -> PublishedColumn:
    """A column that counts."""
    return own(name, "BIGINT", meaning)


#: Columns that several tables have.
LEARNER = own("learner_id", "VARCHAR", "The person to whom the linked records belong.", personal=True)
FLAG_CODE = own("flag_code", "VARCHAR", "Code of the flag: one rule.")
OWNER = own("owner", "VARCHAR", "Who can put it right.")
FEED = own("feed", "VARCHAR", "Feed of the contract.")
