"""What a source says under `fetch`: a database's query, or a folder at a sender's. Read strictly, and never with a secret.

Secrets come from environment variables that a source names, and only from such as begin with `RECONCILE_FETCH_`: a source
cannot have the pipeline's own passwords sent anywhere. Fetching itself belongs in `pipelines.fetch`.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from assets.landed.sources import Source, problems
from pipelines.settings import UserError

PREFIX = "RECONCILE_FETCH_"

#: Names of keys that would hold a secret; those under `credentials_from` name variables instead.
_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?$|passw|secret|token|credential|private|(api|access|account)_?key", re.I
)

#: Where deliveries may be fetched from, and what each needs to sign in: sets of credentials, of which one is given whole.
#: An empty set: the machine's own identity will do.
CREDENTIALS: dict[str, tuple[frozenset[str], ...]] = {
    "file": (frozenset(),),
    "sftp": tuple(
        frozenset({"username", *more}) for more in (("password",), ("key_file",), ("key_file", "passphrase"))
    ),
    "s3": (
        frozenset({"access_key_id", "secret_access_key"}),
        frozenset({"access_key_id", "secret_access_key", "session_token"}),
        frozenset(),
    ),
    "gs": (frozenset({"key_file"}), frozenset()),
    "abfs": tuple(frozenset({"account_name", more}) for more in ("account_key", "sas_token")),
}

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class FetchError(UserError):
    """A source cannot be fetched, and trying again will not help. Its text holds no address, secret or delivered value."""


def _variable(name: str) -> str:
    if not re.fullmatch(PREFIX + "[A-Z0-9_]+", name):
        # what stands here may be the secret itself
        raise ValueError(
            f"name an environment variable that begins with {PREFIX}; secrets have no place in a source file"
        )
    return name


def _beside(name: str) -> str:
    if Path(name).name != name or name.startswith("."):
        raise ValueError("a file is named by its name alone; it lies beside the source file")
    return name


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Variable = Annotated[str, AfterValidator(_variable)]
FileBeside = Annotated[str, AfterValidator(_beside)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DatabaseTold(_Told):
    """A table or view in a database.

    Attributes:
        url_from: environment variable that holds the database's SQLAlchemy URL.
        query: the one SELECT that gives the rows; `:as_of` in it is the run's day.
        query_file: or a file beside the source file that holds it.
        batch_rows: rows held in memory at a time.
        most_rows: a result with more rows is refused.
        timeout_seconds: how long the query may take in all.
    """

    url_from: Variable
    query: str | None = None
    query_file: FileBeside | None = None
    batch_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    most_rows: Annotated[int, Field(ge=1)] = 20_000_000
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] = 900

    @model_validator(mode="after")
    def _one_query(self) -> "DatabaseTold":
        if (self.query is None) == (self.query_file is None):
            raise ValueError("give one of [query] and [query_file]")
        return self


class RemoteTold(_Told):
    """A folder at a sender's, or in object storage.

    Attributes:
        url: `sftp://host/folder`, `s3://bucket/prefix`, `gs://…`, `abfs://container/…` or
            `file:///folder`. Files directly in it are
            fetched.
        pattern: one or more patterns for their names (`*.csv`); small and capital letters are alike.
        credentials_from: environment variables that hold what is needed to sign in (`CREDENTIALS`).
        known_hosts: SFTP: a file beside the source file with the server's host key, as OpenSSH writes it; without it the
            account's own `~/.ssh/known_hosts`.
        endpoint: S3: address of a service that is not Amazon's.
        after: what becomes of files there once they are fetched: they are left as they are.
        settled_seconds: a file that was changed less than this ago may still be growing and is left for the next time.
        most_files: a folder that holds more is refused.
        timeout_seconds: how long fetching from this source may take in all.
    """

    url: str
    pattern: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], BeforeValidator(_one_or_more)
    ] = ["*"]
    credentials_from: dict[str, Variable] = {}
    known_hosts: FileBeside | None = None
    endpoint: str | None = None
    after: Literal["leave"] = "leave"
    settled_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    most_files: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] = 3_600

    @property
    def protocol(self) -> str:
        return urlsplit(self.url).scheme

    @model_validator(mode="after")
    def _fits_together(self) -> "RemoteTold":
        _check_url(self.url)
        names = frozenset(self.credentials_from)
        if names not in CREDENTIALS[self.protocol]:
            ways = " or ".join(f"[{', '.join(sorted(way))}]" for way in CREDENTIALS[self.protocol])
            raise ValueError(f"[credentials_from] must hold {ways} for [{self.protocol}]")
        if self.known_hosts is not None and self.protocol != "sftp":
            raise ValueError("[known_hosts] goes with sftp alone")
        if self.endpoint is not None:
            if self.protocol != "s3":
                raise ValueError("[endpoint] goes with s3 alone")
            _check_endpoint(self.endpoint)
        return self


def _check_url(url: str) -> None:
    """Only what is listed, nothing chained (`zip::…`), nothing in the address but a place."""
    if "::" in url:
        raise ValueError("[url] chains several addresses with [::]; give one")
    if re.search(r"[\x00-\x20\x7f?#\\]", url):
        raise ValueError("[url] holds a space, a control character or one of [? # \\]; give the folder's address alone")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("[url] cannot be read; give protocol://host/folder") from None
    if parts.scheme not in CREDENTIALS or not url.startswith(f"{parts.scheme}://"):
        raise ValueError(f"[url] must begin with one of [{', '.join(f'{known}://' for known in CREDENTIALS)}]")
    if parts.username is not None or parts.password is not None:
        raise ValueError("[url] holds a user or a password; name their variables under [credentials_from]")
    if parts.scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
        raise ValueError("[url] must begin with file:/// and name a folder of this machine")
    if parts.scheme != "file" and not parts.hostname:
        raise ValueError("[url] names no host or bucket")
    if port is not None and parts.scheme != "sftp":
        raise ValueError("[url] holds a port; for S3 use [endpoint]")
    if ".." in parts.path.split("/"):
        raise ValueError("[url] holds [..]; give the folder's own path")


def _check_endpoint(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment or not parts.hostname:
        raise ValueError("[endpoint] must be https:// and a host, nothing else")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("[endpoint] must be https://, so that nothing is sent in the clear")


def fetch_told(source: Source) -> DatabaseTold | RemoteTold:
    """What a source says about fetching its deliveries.

    Raises:
        FetchError: it cannot be used; the message names the keys and what to do, never a value.
    """
    told = source.fetch or {}
    _refuse_secrets(told)
    database, remote = {"url_from", "query", "query_file"} & set(told), "url" in told
    if bool(database) == remote:
        raise FetchError("[fetch] must hold either [url_from] and a query, or [url]")
    if "kind" in told:
        raise FetchError("[fetch.kind] does not belong there; write [kind] at the top of the source file")
    try:
        return RemoteTold.model_validate(told) if remote else DatabaseTold.model_validate(told)
    except ValidationError as error:
        raise FetchError(problems(error, "fetch")) from None


def _refuse_secrets(told: Mapping[str, Any], within: str = "fetch") -> None:
    """Refuses a key that would hold a secret, before anything else is said about the file."""
    for key, value in told.items():
        place = f"{within}.{key}"
        if key != "credentials_from" and _SECRET.search(str(key)):
            raise FetchError(
                f"[{place}] would hold a secret; put it into an environment variable that begins with {PREFIX} and name "
                "that under [fetch.credentials_from]"
            )
        if isinstance(value, Mapping) and key != "credentials_from":
            _refuse_secrets(value, place)


def secret(variable: str) -> str:
    """What an environment variable holds.

    Raises:
        FetchError: it is not set.
    """
    value = os.environ.get(variable, "")
    if not value:
        raise FetchError(f"the environment variable [{variable}] is not set; set it where the pipeline runs")
    return value


def secrets(told: RemoteTold) -> dict[str, str]:
    """The credentials that a source names, as their variables hold them.

    Raises:
        FetchError: one is not set.
    """
    return {name: secret(variable) for name, variable in told.credentials_from.items()}
