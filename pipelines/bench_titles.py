"""Section `titles` of `make bench-links`: a register's own titles, mangled by rule, each resolved again and compared.

The register is a CSV of approved qualifications as Ofqual and the Department for Education
publish it; none is part of this project.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import duckdb
import polars as pl

from assets.linked.declarations import resolve_declarations
from assets.linked.title_reading import plain_words
from assets.linked.titles import title_reader
from pipelines.link_figures import Figures, NotMeasured
from pipelines.title_mangling import LEFT_OUT, SAFE, WRONG, Rule
from schemas.feeds import FEEDS
from schemas.layers import standardised_ddl

_COLUMNS = ("QualificationName", "AwardingOrganisation", "QualificationNumber", "Level")
_KINDS = {"says all": SAFE, "leaves out": LEFT_OUT, "says wrong": WRONG}


@dataclass(frozen=True, kw_only=True)
class TitleFigures:
    """What became of the titles that one rule mangled.

    Attributes:
        kind: `says all`, `leaves out` or `says wrong`.
        rule: its name.
        with_organisation: whether the awarding organisation was declared beside the title.
        titles: how many.
        right: resolved to the qualification whose title was mangled.
        own_title_of_another: the mangled title is, word for word, the whole title of the other one that it resolved to.
        wrong: resolved to another qualification although its title says otherwise.
        several: several candidates, and the right one among them.
        several_others: several candidates without the right one.
        suggested: no candidate, and the right one among the suggestions.
        none: neither.
        seconds: of the whole measurement.
    """

    kind: str
    rule: str
    with_organisation: bool
    titles: int
    right: int
    own_title_of_another: int
    wrong: int
    several: int
    several_others: int
    suggested: int
    none: int
    seconds: float

    @property
    def recall(self) -> float:
        """Share of the titles that were resolved rightly, in [0, 1]."""
        return self.right / self.titles if self.titles else 1.0

    @property
    def precision(self) -> float:
        """Share of the resolved titles that were resolved rightly, in [0, 1]; titles of another's own words aside."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0


def read_register(path: Path) -> pl.DataFrame:
    """The canonical columns of a public register: qualification_number, title, awarding_organisation_rn, level.

    The file names organisations and not their recognition numbers. An organisation has the number that most of its titles
    name; the others have numbers of their own, which begin with RN9 and are nobody's.

    Raises:
        ValueError: the file lacks a column.
    """
    rows = pl.read_csv(path, infer_schema=False)
    rows = rows.rename({name: name.removeprefix("\ufeff") for name in rows.columns})
    if missing := set(_COLUMNS) - set(rows.columns):
        raise ValueError(
            f"register [{path.name}] lacks the columns [{', '.join(sorted(missing))}]; give a list that has them"
        )
    organisations: dict[str, Counter[str]] = {}
    for name, title in rows.select("AwardingOrganisation", "QualificationName").iter_rows():
        named = title_reader().read(title).organisations or ()
        organisations.setdefault(name, Counter()).update(named[:1])
    numbers = {
        name: max(named, key=lambda number: (named[number], number)) if named.total() else f"RN{9000 + place}"
        for place, (name, named) in enumerate(sorted(organisations.items()))
    }
    level = pl.col("Level").str.replace("Level ", "", literal=True).replace({"Entry Level": "E"})
    return rows.select(
        pl.col("QualificationNumber").alias("qualification_number"),
        pl.col("QualificationName").alias("title"),
        pl.col("AwardingOrganisation").replace_strict(numbers).alias("awarding_organisation_rn"),
        level.alias("level"),
    )


def measure_titles(register: Path, every: int = 1) -> list[TitleFigures]:
    """Mangles a register's titles by every rule, resolves them against the whole register, and counts what came out.

    Args:
        register: see `read_register`.
        every: one in so many titles is mangled.

    Returns:
        one for each rule, with and without the awarding organisation declared.
    """
    began = perf_counter()
    held = read_register(register)
    rules = [(kind, name, rule) for kind, named in _KINDS.items() for name, rule in named.items()]
    cases = pl.DataFrame(
        [
            (
                number,
                title,
                organisation,
                place * 2 + with_organisation,
                mangled,
                organisation if with_organisation else None,
            )
            for number, title, organisation in held.drop("level").gather_every(every).iter_rows()
            for place, (_, name, rule) in enumerate(rules)
            if (mangled := _mangled(rule, title, number, unchanged=name == "as it is")) is not None
            for with_organisation in (False, True)
        ],
        schema=["qualification_number", "own_title", "own_organisation", "declared_number", "title", "organisation"],
        orient="row",
    )
    outcomes = _outcomes(held, cases)
    seconds = perf_counter() - began
    return [
        TitleFigures(
            kind=kind,
            rule=name,
            with_organisation=with_organisation,
            titles=sum(counted.values()),
            seconds=seconds,
            **{outcome: counted[outcome] for outcome in _OUTCOMES},
        )
        for place, (kind, name, _) in enumerate(rules)
        for with_organisation in (False, True)
        for counted in [outcomes.get(place * 2 + with_organisation, Counter())]
    ]


_OUTCOMES = ("right", "own_title_of_another", "wrong", "several", "several_others", "suggested", "none")


def _mangled(rule: Rule, title: str, number: str, *, unchanged: bool) -> str | None:
    mangled = rule(title, number)
    return mangled.strip() if mangled and (unchanged or mangled != title) else None


def _outcomes(held: pl.DataFrame, cases: pl.DataFrame) -> dict[int, Counter[str]]:
    """What became of every case, counted by its declared number."""
    with duckdb.connect() as connection:
        for schema in ("standardised", "linked"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for feed in ("qualifications", "ucas_qualifications"):
            connection.execute(standardised_ddl(FEEDS[feed]))
        connection.register("held", held)
        connection.execute("INSERT INTO standardised.qualifications BY NAME SELECT * FROM held")
        connection.register("cases", cases)
        connection.execute("""
            INSERT INTO standardised.ucas_qualifications BY NAME
            SELECT
                qualification_number AS personal_id, declared_number, title, organisation AS awarding_organisation_rn
            FROM cases
        """)
        resolve_declarations(connection)
        rows = connection.execute("""
            SELECT
                cases.declared_number,
                cases.title,
                cases.qualification_number,
                found.qualification_number,
                held.title,
                found.resolution,
                coalesce(listed.is_listed, false)
            FROM cases
            INNER JOIN linked.declared_qualifications AS found
                ON cases.qualification_number = found.personal_id AND cases.declared_number = found.declared_number
            LEFT JOIN held ON found.qualification_number = held.qualification_number
            LEFT JOIN (
                SELECT personal_id, declared_number, bool_or(personal_id = qualification_number) AS is_listed
                FROM linked.declaration_candidates
                GROUP BY personal_id, declared_number
            ) AS listed
                ON cases.qualification_number = listed.personal_id AND cases.declared_number = listed.declared_number
        """).fetchall()
    counted: dict[int, Counter[str]] = {}
    for case, *row in rows:
        counted.setdefault(case, Counter())[_outcome(*row)] += 1
    return counted


def _outcome(title: str, right: str, found: str | None, found_title: str, *rest: object) -> str:
    resolution, is_listed = rest
    if found == right:
        return "right"
    if found is not None:
        return "own_title_of_another" if plain_words(title) == plain_words(found_title) else "wrong"
    if resolution == "several_candidates":
        return "several" if is_listed else "several_others"
    return "suggested" if is_listed else "none"


def title_figures(register: Path) -> dict[str, Figures]:
    """The figures by kind of mangling, of the title alone and with the organisation declared beside it; a row a rule.

    Columns: titles (how many), right (share), and the counts of `TitleFigures`.

    Raises:
        NotMeasured: the register is not there.
    """
    if not register.exists():
        raise NotMeasured(f"the register [{register.name}] is not in [{register.parent}]; name another with --register")
    tables: dict[str, Figures] = {}
    for found in measure_titles(register):
        said = "organisation declared" if found.with_organisation else "title alone"
        tables.setdefault(f"{found.kind}, {said}", {})[found.rule] = {
            "titles": found.titles,
            "right": found.recall,
            "wrong": found.wrong,
            "another's own title": found.own_title_of_another,
            "several": found.several + found.several_others,
            "suggested only": found.suggested,
            "none": found.none,
        }
    return dict(sorted(tables.items()))
