"""A flag: one SQL file with a header, and the table of one shape that is built from it.

What a header may say stands in `schemas.flag_header`, the columns in `schemas.flag_table`. The rules themselves are the
files `sql/flags/<family>/<flag_code>.sql`. What is published of all flags belongs in `assets.published.flag_tables`.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.reconciled.flag_sql import flag_query, in_force
from assets.reconciled.sql_bodies import Body
from assets.reconciled.sql_files import SQL_FOLDER, discover_statements, read_sql
from schemas.flag_header import FAMILIES, OUTCOMES, FlagHeader, flag_header
from schemas.flag_table import KEYS_THAT_MAY_BE_EMPTY, RECORD_KEYS, SUBJECT_KEYS
from schemas.strict_mapping import HeaderError

#: Tables that every flag is built with: the run's day, the last days, and who has a live application.
_ALWAYS_READ = frozenset(
    {("landed", "run_context"), ("reconciled", "cycle_dates"), ("reconciled", "live_applications")}
)


class FlagError(RuntimeError):
    """A flag's table is not what its header promises. The message names the code and counts, never a person's value."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One rule.

    Attributes:
        code: the flag code, which is the file's name.
        family: the file's folder.
        header: what the file says of itself.
        body: its SELECT, giving subject keys, `learner_id`, `outcome`, `reason`, values and evidence.
    """

    code: str
    family: str
    header: FlagHeader
    body: Body

    @property
    def table(self) -> tuple[str, str]:
        return ("reconciled", self.code)

    @property
    def dependencies(self) -> frozenset[tuple[str, str]]:
        """(schema, table) of every table that building it reads."""
        return self.body.tables | _ALWAYS_READ | {("reconciled", self.header.population)}


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How a flag's population was judged. `population` is the sum of the other three."""

    population: int
    raised: int
    cannot_assess: int

    @property
    def passed(self) -> int:
        return self.population - self.raised - self.cannot_assess


def discover_flags(folder: Path = SQL_FOLDER) -> list[Flag]:
    """Every flag under `flags/<family>/`, by code.

    Raises:
        HeaderError: a file is refused, stands in no family, repeats a code, or does not fit its population.
    """
    grains = {found.name: found.grain for found in discover_statements("populations", folder)}
    flags: dict[str, Flag] = {}
    for path in sorted((folder / "flags").rglob("*.sql")):
        family = path.parent.relative_to(folder / "flags").as_posix()
        if family not in FAMILIES:
            raise HeaderError(f"flag [{path.stem}] stands in [{family}]; move it to one of {', '.join(FAMILIES)}")
        if path.stem in flags:
            raise HeaderError(f"flag [{path.stem}] is there twice, in [{flags[path.stem].family}] and [{family}]")
        header, body = read_sql(path)
        flag = Flag(code=path.stem, family=family, header=flag_header(path.stem, header), body=body)
        _refuse_misfits(flag, grains)
        flags[flag.code] = flag
    return sorted(flags.values(), key=lambda flag: flag.code)


def _refuse_misfits(flag: Flag, grains: dict[str, tuple[str, ...]]) -> None:
    """A body gives exactly what its header uses, and judges the population's rows one by one."""
    header, given = flag.header, set(flag.body.columns)
    if header.population not in grains:
        raise HeaderError(f"flag [{flag.code}] names the population [{header.population}]; there is no such file")
    if set(grains[header.population]) != set(header.subject):
        raise HeaderError(f"flag [{flag.code}]: its subject is not the grain of [{header.population}]; make them equal")
    if ("reconciled", header.population) not in flag.body.tables:
        raise HeaderError(f"flag [{flag.code}] does not read its population [{header.population}]; select from it")
    evidence = {f"{alias}_{part}" for alias in header.evidence for part in ("delivery_id", "line")}
    needed = {"outcome", "reason", "learner_id", *header.subject, *header.values, *header.placeholders, *evidence}
    if header.act_by_event is None:
        needed.add("act_by")
    else:
        needed |= {"awarding_organisation_rn", "qualification_number"}
    if missing := needed - given:
        raise HeaderError(f"flag [{flag.code}]: its body lacks [{', '.join(sorted(missing))}]; select them")
    if idle := given - needed - set(SUBJECT_KEYS):
        raise HeaderError(
            f"flag [{flag.code}]: its header uses no [{', '.join(sorted(idle))}]; drop them from the body"
        )


def build_flag(connection: duckdb.DuckDBPyConnection, flag: Flag) -> int:
    """Creates or replaces `reconciled.<flag_code>` in the shape of `schemas.flag_table` and returns its number of rows.

    Outside the flag's valid dates the table is empty.

    Raises:
        FlagError: the body gave an outcome or reason that is not on its list, an empty subject key, or a subject twice.
    """
    described = connection.execute(f"DESCRIBE {flag.body.sql}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    connection.execute(
        f"CREATE OR REPLACE TABLE reconciled.{flag.code} AS\n{flag_query(flag.code, flag.header, flag.body, types)}"
    )
    reasons = ", ".join(f"'{reason}'" for reason in ("", *flag.header.reasons))
    outcomes = ", ".join(f"'{outcome}'" for outcome in OUTCOMES)
    wrong = {
        "repeated subjects": "count(*) - count(DISTINCT flag_id)",
        "unknown outcomes": f"count(*) FILTER (WHERE outcome IS NULL OR outcome NOT IN ({outcomes}))",
        "unlisted reasons": f"count(*) FILTER (WHERE coalesce(reason, '') NOT IN ({reasons}))",
        "empty subject keys": f"count(*) FILTER (WHERE NOT ({_complete(flag.header.subject)}))",
    }
    counts = connection.execute(f"SELECT count(*), {', '.join(wrong.values())} FROM reconciled.{flag.code}").fetchall()
    rows, *faults = (int(count) for count in counts[0])
    if any(faults):
        connection.execute(f"DROP TABLE reconciled.{flag.code}")
        found = ", ".join(f"{name} [{count}]" for name, count in zip(wrong, faults, strict=True) if count)
        raise FlagError(f"flag [{flag.code}] is not built: {found} of {rows} rows; correct sql/flags/{flag.family}")
    return rows


def _complete(subject: tuple[str, ...]) -> str:
    """The condition that a row fills the keys of its subject; of a subject that is a pair, those of two records."""
    filled = {key: f"{key} IS NOT NULL" for key in subject if key not in KEYS_THAT_MAY_BE_EMPTY}
    if not all(key in filled for keys in RECORD_KEYS for key in keys):
        return " AND ".join(filled.values())
    records = [" AND ".join(filled.pop(key) for key in keys) for keys in RECORD_KEYS]
    two_records = " + ".join(f"({whole})::INTEGER" for whole in records)
    return " AND ".join([*filled.values(), f"{two_records} = 2"])


def assess_coverage(connection: duckdb.DuckDBPyConnection, flag: Flag) -> Coverage:
    """How many of its population a built flag raised, could not assess and passed.

    Outside its valid dates a flag assesses nothing, so that all numbers are 0.

    Raises:
        FlagError: the flag speaks of a subject outside its population.
    """
    join = " AND ".join(f"subject.{key} IS NOT DISTINCT FROM flag.{key}" for key in flag.header.subject)
    population = f"reconciled.{flag.header.population}"
    outside = connection.execute(
        f"SELECT (SELECT count(*) FROM reconciled.{flag.code}) - count(*) "
        f"FROM {population} AS subject SEMI JOIN reconciled.{flag.code} AS flag ON {join}"
    ).fetchall()[0][0]
    if outside:
        raise FlagError(
            f"flag [{flag.code}] speaks of [{outside}] subjects outside [{population}]; correct sql/flags/{flag.family}"
        )
    counts = connection.execute(coverage_query(flag)).fetchall()[0]
    return Coverage(population=int(counts[0]), raised=int(counts[1]), cannot_assess=int(counts[2]))


def coverage_query(flag: Flag) -> str:
    """The SELECT of one row: population, raised and cannot_assess of a built flag."""
    header = flag.header
    return f"""
        SELECT
            (
                SELECT count(*) FROM reconciled.{header.population} CROSS JOIN landed.run_context
                WHERE {in_force(header.valid_from, header.valid_to)}
            ) AS population_count,
            count(*) FILTER (WHERE outcome = 'raised') AS raised,
            count(*) FILTER (WHERE outcome = 'cannot_assess') AS cannot_assess
        FROM reconciled.{flag.code}
    """
