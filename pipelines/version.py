"""The software's version, as installed."""

from importlib.metadata import PackageNotFoundError, version


def software_version() -> str:
    """Version of the installed distribution, or `unknown` in a checkout that was never installed."""
    try:
        return version("vtq-reconciliation")
    except PackageNotFoundError:
        return "unknown"
