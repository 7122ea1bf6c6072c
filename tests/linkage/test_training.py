"""A model is trained by its own command, the same for the same seed, with a card that says what it is and how good."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from rich.console import Console

from assets.linked.matching.model import SHIPPED, MatchModel, read_model, shipped_model
from fixtures.noise import noisy_cycle
from pipelines.link_adapter import PERSON_FEEDS
from pipelines.link_febrl import read_febrl
from pipelines.link_figures import NotMeasured
from pipelines.model_card import model_card
from pipelines.night import NightlyRun
from pipelines.settings import Settings, UserError, read_settings
from pipelines.train_links import Source, invented_source, own_source, train_links
from pipelines.warehouse import only_run, open_warehouse
from schemas.feeds import FEEDS
from schemas.layers import RUN_CONTEXT_DDL, standardised_ddl

LEARNERS, SEED = 500, 11


@dataclass(frozen=True)
class Trained:
    model: MatchModel
    output: Path
    printed: str


def train(folder: Path, source: Source) -> Trained:
    output, console = folder / "people-t.json", Console(width=120, record=True, file=StringIO())
    model = train_links(source, version="people-t", seed=SEED, output=output, console=console, measured_on=200)
    return Trained(model, output, console.export_text())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"), invented_source(LEARNERS, SEED))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    return read_settings()


def test_the_same_seed_trains_the_same_model_and_card_byte_for_byte(trained: Trained, tmp_path: Path) -> None:
    again = train(tmp_path, invented_source(LEARNERS, SEED))
    assert again.output.read_bytes() == trained.output.read_bytes()
    assert again.output.with_suffix(".md").read_bytes() == trained.output.with_suffix(".md").read_bytes()


def test_what_is_written_reads_back_as_the_model(trained: Trained) -> None:
    read = read_model(trained.output)
    assert read == trained.model
    assert trained.output.with_suffix(".md").read_text(encoding="utf-8") == model_card(read)


def test_the_card_tells_data_settings_weights_figures_and_limits(trained: Trained) -> None:
    card = model_card(trained.model)
    assert "an invented cycle of 500 learners, seed 11" in card
    assert "| accepted from | +10.0 | 1,024 to 1 |" in card
    assert f"| shown to a person from | {trained.model.review_weight:+.1f} |" in card
    assert "| `surname` | the same surname, by frequency |" in card
    assert "| `names_and_postcode` | `forename_std`, `surname_std`, `postcode_std` |" in card
    assert "On an invented cycle of 200 learners, seed 10, when it was trained." in card
    assert "| evidence enough | " in card
    assert "Invented people make invented slips" in card


def test_training_shows_weights_and_measured_precision_and_recall(trained: Trained) -> None:
    assert "Match weights of people-t" in trained.printed
    assert "evidence not contradictory: precision 1.00000" in trained.printed


def test_full_agreement_speaks_for_one_person_in_every_comparison(trained: Trained) -> None:
    for comparison in trained.model.settings["comparisons"]:
        _, strongest, *_ = comparison["comparison_levels"]
        assert strongest["m_probability"] > strongest["u_probability"], comparison["output_column_name"]


def test_names_that_few_bear_are_not_in_the_model(trained: Trained) -> None:
    rows = pl.concat(frame.select("surname") for frame in invented_source(LEARNERS, SEED).frames.values())
    letters = pl.col("surname").str.normalize("NFKD").str.to_uppercase().str.replace_all(r"[^A-Z]", "")
    bearers = rows.with_columns(letters).group_by("surname").len()
    few = set(bearers.filter(pl.col("len") < 5)["surname"])
    assert few and not few & set(trained.model.frequencies["surname_std"])


def test_a_model_is_never_written_over_another(trained: Trained) -> None:
    before = trained.output.read_bytes()
    with pytest.raises(UserError, match="exists, and a model is never changed"):
        train(trained.output.parent, Source("nothing", {}))
    assert trained.output.read_bytes() == before


def test_records_that_do_not_suffice_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    frames = {feed: frame.head(3) for feed, frame in invented_source(100, 1).frames.items()}
    with pytest.raises(UserError, match="no model could be trained: nothing could be learned of"):
        train(tmp_path, Source("three rows", frames))
    assert list(tmp_path.iterdir()) == []


def leave_a_night(settings: Settings) -> dict[str, pl.DataFrame]:
    """A working file as a night leaves it; the first centre was replaced by `990001`."""
    frames = noisy_cycle(100, 1).frames
    with open_warehouse(settings) as connection:
        connection.execute(RUN_CONTEXT_DDL)
        connection.execute("INSERT INTO landed.run_context VALUES ('2026-05-14', 2026)")
        for feed in PERSON_FEEDS:
            connection.execute(standardised_ddl(FEEDS[feed]))
            connection.register("held", frames[feed].to_arrow())
            connection.execute(f"INSERT INTO standardised.{feed} BY NAME SELECT * FROM held")
        connection.execute(
            "CREATE TABLE linked.centre_successors AS SELECT min(centre_number) AS centre_number, "
            "'990001' AS current_centre_number FROM standardised.centre_registrations"
        )
    return frames


def test_own_feeds_are_those_of_the_last_night_with_todays_centre_numbers(settings: Settings) -> None:
    frames = leave_a_night(settings)
    source = own_source(settings)
    assert source.words == "the organisation's own feeds, as of 2026-05-14"
    assert {feed: len(rows) for feed, rows in source.frames.items()} == {
        feed: len(frames[feed]) for feed in PERSON_FEEDS
    }
    centres = set(source.frames["centre_registrations"]["centre_number"])
    assert "990001" in centres
    assert frames["centre_registrations"]["centre_number"].min() not in centres
    assert "forenames" in source.frames["ucas_applicants"].columns


def test_own_feeds_without_a_night_or_during_one_are_one_line(settings: Settings) -> None:
    with pytest.raises(UserError, match="no run has left anything yet"):
        own_source(settings)
    with open_warehouse(settings):
        pass
    with pytest.raises(UserError, match="did not come as far as linking"):
        own_source(settings)
    with only_run(settings), pytest.raises(UserError, match="another run is at work"):
        own_source(settings)


def test_a_night_uses_the_shipped_model_unless_the_settings_name_another(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert NightlyRun().link_model() is shipped_model()
    assert shipped_model().version == SHIPPED
    monkeypatch.setenv("RECONCILE_LINK_MODEL", str(trained.output))
    assert NightlyRun().link_model() == trained.model
    for text in ("{}", "no JSON", trained.output.read_text(encoding="utf-8").replace("people-t", "people'; --")):
        (tmp_path / "odd.json").write_text(text, encoding="utf-8")
        monkeypatch.setenv("RECONCILE_LINK_MODEL", str(tmp_path / "odd.json"))
        with pytest.raises(dg.Failure, match="RECONCILE_LINK_MODEL"):
            NightlyRun().link_model()


def test_files_that_are_not_here_are_not_measured(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match=r"\[dataset1.csv\] is not in the folder"):
        read_febrl(tmp_path, 1)


def test_a_damaged_date_of_birth_is_none_and_learners_are_those_of_the_labels(tmp_path: Path) -> None:
    (tmp_path / "dataset1.csv").write_text(
        "rec_id, given_name, surname, postcode, date_of_birth\n"
        "rec-7-org, ann, other, 2600, 19700131\nrec-7-dup-0, , other, 2600, 19701331\n"
    )
    rows = read_febrl(tmp_path, 1)["dataset1.csv"]
    assert rows["learner"].to_list() == [7, 7]
    assert rows["date_of_birth"].is_null().to_list() == [False, True]
    assert rows["forename"].to_list() == ["ann", None]
