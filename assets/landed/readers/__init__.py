"""The readers: one module a format, registered by being here.

What a reader is stands in `assets.landed.reader`. Adding a format is adding a module with a `READER` to this folder, and its
examples, good and malformed, to `fixtures/formats`.
"""

import importlib
import pkgutil
from functools import cache

from assets.landed.reader import Reader


@cache
def names() -> tuple[str, ...]:
    """Names of all readers, in order. Nothing is imported."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


@cache
def reader(name: str) -> Reader:
    """The reader of that name; its module is imported when it is first asked for.

    Raises:
        KeyError: there is none.
    """
    if name not in names():
        raise KeyError(name)
    found: Reader = importlib.import_module(f"{__name__}.{name}").READER
    if found.name != name:
        raise ValueError(f"reader [{found.name}] stands in module [{name}]; name both alike")
    return found
