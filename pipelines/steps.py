"""A night's steps, one after the other in this process, without Dagster's instance and events.

These are the functions of the job's assets with the job's resource, each after those whose tables it reads, and the checks
that block; the other checks hold nothing up and would be seen by nobody. Dagster's book-keeping of some two hundred small
steps takes a small night as long as its work. Which nights run like this is said in `pipelines.run` and
`pipelines.replayed_night`.
"""

import inspect
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import dagster as dg

from assets.description import without_metadata
from pipelines.definitions import LAYER_MODULES, defs
from pipelines.night import NightlyRun
from pipelines.redaction import keep_error_texts_apart
from pipelines.settings import UserError

#: An asset, several that one function makes, or a check.
Step = dg.AssetsDefinition


class StepFailed(Exception):
    """A step failed, and the night with it; the message is the step and the reason, and may be shown."""


def night_steps(left_out: Collection[dg.AssetKey] = ()) -> list[Step]:
    """The job's assets but those left out, each after those it reads, with the checks that block after what they check."""
    makers: dict[dg.AssetKey, Step] = {
        key: asset for module in LAYER_MODULES for asset in module.ASSETS for key in asset.keys
    }
    blocking = {
        spec.asset_key: check
        for module in LAYER_MODULES
        for check in module.CHECKS
        for spec in check.check_specs
        if spec.blocking
    }
    steps: dict[str, Step] = {}
    for key in defs.resolve_asset_graph().toposorted_asset_keys:
        if key not in left_out:
            for step in (makers[key], blocking.get(key)):
                if step is not None:
                    steps.setdefault(step.op.name, step)
    return list(steps.values())


@contextmanager
def held(night: NightlyRun) -> Iterator[None]:
    """Hold the lock that lets one run at a time write, and the warehouse once it is open.

    Raises:
        UserError: another run is at work.
    """
    context: Any = None  # what a resource may ask Dagster, and a night does not
    try:
        with told_plainly():
            night.setup_for_execution(context)
        yield
    finally:
        night.teardown_after_execution(context)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Tell what keeps every night from running as something that the person who calls can put right."""
    try:
        yield
    except dg.Failure as error:
        raise UserError(str(error.description)) from None


def run_steps(
    night: NightlyRun,
    run_id: str,
    steps: Sequence[Step],
    around: Callable[[str], AbstractContextManager[None]] = lambda step: nullcontext(),
) -> None:
    """Run the steps to the last or to the first that fails.

    Args:
        night: the night, held.
        run_id: what the ledger and the publication call the run.
        steps: in order.
        around: what is entered while a step is at work, given Dagster's name of it.

    Raises:
        StepFailed: a step failed; the text of an error that nobody foresaw is in the restricted log.
    """
    for step in steps:
        with around(step.op.name), failing_at(step.op.name.replace("__", "/")), without_metadata():
            _tried(step, night, run_id)


@contextmanager
def failing_at(step: str) -> Iterator[None]:
    """Tell what may be shown of a failure; the text of any other error goes to the restricted log."""
    try:
        yield
    except (dg.Failure, UserError) as error:
        raise StepFailed(f"at {step}: {error.description if isinstance(error, dg.Failure) else error}") from None
    except Exception as error:
        keep_error_texts_apart().error("the night failed at %s", step, exc_info=error)
        raise StepFailed(
            f"at {step}: unexpected [{type(error).__name__}]; its text is in log/errors.log of the data folder, as it may "
            "quote a delivered value"
        ) from None


def _tried(step: Step, night: NightlyRun, run_id: str) -> None:
    """Run one step, as often as its retry policy says."""
    policy = step.op.retry_policy or dg.RetryPolicy(max_retries=0)
    for left in reversed(range(policy.max_retries + 1)):
        try:
            return _build(step, night, run_id)
        except Exception as error:
            if left == 0 or (isinstance(error, dg.Failure) and not error.allow_retries):
                raise
            time.sleep(policy.delay or 0)


def _build(step: Step, night: NightlyRun, run_id: str) -> None:
    """Run one step to its end.

    Raises:
        dagster.Failure: it is a check that did not pass.
    """
    # the function under the decorator: called through Dagster, each step would set the night up anew
    function = step.op.compute_fn.decorated_fn  # type: ignore[union-attr]
    given: dict[str, Any] = {"night": night}
    if "context" in inspect.signature(function).parameters:
        given["context"] = SimpleNamespace(run=SimpleNamespace(run_id=run_id))
    made = function(**given)
    results = list(made) if isinstance(made, Iterator) else [made]
    checks = [result for result in results if isinstance(result, dg.AssetCheckResult)]
    if any(spec.blocking for spec in step.check_specs) and not all(check.passed for check in checks):
        raise dg.Failure("the check that guards publication did not pass", allow_retries=False)
