"""What a source says under `fetch` is read strictly, and a secret in it is refused without being repeated."""

import pytest

from assets.landed.reader import Options
from assets.landed.readers import reader
from assets.landed.sources import Source
from pipelines.fetch_settings import DatabaseTold, FetchError, RemoteTold, fetch_told

MARKER = "ZQXMARKER"
VARIABLE = "RECONCILE_FETCH_STUDENTS"
SIGNED_IN = {"username": "RECONCILE_FETCH_USER", "password": "RECONCILE_FETCH_PASSWORD"}


def _told(fetch: dict[str, object]) -> DatabaseTold | RemoteTold:
    found = reader("database_table")
    return fetch_told(
        Source(name="x", reader=found, options=Options(), encoding="utf-8", kind=None, fetch=fetch, fingerprint="")
    )


@pytest.mark.parametrize(
    "fetch",
    [
        {"url_from": VARIABLE, "query": "SELECT 1"},
        {"url_from": VARIABLE, "query_file": "students.sql", "batch_rows": 10, "most_rows": 10, "timeout_seconds": 1},
        {"url": "file:///srv/exports"},
        {"url": "file:///srv/exports", "pattern": ["*.csv", "*.txt"], "after": "leave", "settled_seconds": 0},
        {
            "url": "sftp://files.example.org:2222/out",
            "credentials_from": SIGNED_IN,
            "known_hosts": "example.known_hosts",
        },
        {"url": "s3://bucket/prefix"},
        {"url": "s3://bucket", "endpoint": "https://storage.example.org"},
        {"url": "gs://bucket/prefix", "credentials_from": {"key_file": "RECONCILE_FETCH_KEY"}},
    ],
)
def test_what_is_documented_is_accepted(fetch: dict[str, object]) -> None:
    _told(fetch)


@pytest.mark.parametrize(
    "fetch",
    [
        {"url_from": f"postgresql://user:{MARKER}@db.example.org/students", "query": "SELECT 1"},
        {"url_from": "RECONCILE_LEDGER_URL", "query": "SELECT 1"},
        {"url_from": "HOME", "query": "SELECT 1"},
        {"url_from": VARIABLE, "query": "SELECT 1", "password": MARKER},
        {"url_from": VARIABLE, "query": "SELECT 1", "options": {"api_key": MARKER}},
        {"url": "sftp://files.example.org/out", "credentials_from": SIGNED_IN | {"password": MARKER}},
        {"url": f"sftp://user:{MARKER}@files.example.org/out", "credentials_from": SIGNED_IN},
        {"url": f"sftp://{MARKER}@files.example.org/out", "credentials_from": SIGNED_IN},
        {"url": "s3://bucket", "secret_access_key": MARKER},
        {"url": "s3://bucket", "access_token": MARKER},
        {"url": f"s3://bucket/prefix?sig={MARKER}"},
        {"url": "s3://bucket", "endpoint": f"https://user:{MARKER}@storage.example.org"},
    ],
)
def test_a_secret_and_a_variable_that_is_not_for_fetching_are_refused_and_not_repeated(
    fetch: dict[str, object],
) -> None:
    with pytest.raises(FetchError) as refused:
        _told(fetch)
    assert MARKER not in str(refused.value)
    assert (
        "RECONCILE_FETCH_" in str(refused.value) or "[url]" in str(refused.value) or "[endpoint]" in str(refused.value)
    )


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ssh-exec://host/command", "must begin"),
        ("https://example.org/list", "must begin"),
        ("python://module", "must begin"),
        ("memory://folder", "must begin"),
        ("zip::file:///srv/exports.zip", "chains"),
        ("simplecache::s3://bucket", "chains"),
        ("/srv/exports", "must begin"),
        ("FILE:///srv/exports", "must begin"),
        ("file://host/srv", "file:///"),
        ("file:///srv/../etc", "[..]"),
        ("file:///srv/a b", "space"),
        ("s3:///prefix", "no host or bucket"),
        ("s3://bucket:9000/prefix", "port"),
        ("sftp://[::1", "chains"),
        ("sftp://host:port/out", "cannot be read"),
        ("s3://bucket\\prefix", "control character"),
    ],
)
def test_an_address_that_is_not_of_the_closed_list_is_refused(url: str, says: str) -> None:
    with pytest.raises(FetchError) as refused:
        _told({"url": url})
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("fetch", "says"),
    [
        ({}, "either [url_from]"),
        ({"url": "file:///srv", "url_from": VARIABLE, "query": "SELECT 1"}, "either [url_from]"),
        ({"url_from": VARIABLE}, "one of [query]"),
        ({"url_from": VARIABLE, "query": "SELECT 1", "query_file": "a.sql"}, "one of [query]"),
        ({"url_from": VARIABLE, "query_file": "../a.sql"}, "by its name alone"),
        ({"url_from": VARIABLE, "query": "SELECT 1", "kind": "delta"}, "at the top"),
        ({"url_from": VARIABLE, "query": "SELECT 1", "most_rows": 0}, "fetch.most_rows"),
        ({"url_from": VARIABLE, "query": "SELECT 1", "limit": 5}, "fetch.limit"),
        ({"url": "file:///srv", "after": "delete"}, "fetch.after"),
        ({"url": "file:///srv", "known_hosts": "a"}, "sftp alone"),
        ({"url": "file:///srv", "endpoint": "https://example.org"}, "s3 alone"),
        ({"url": "file:///srv", "credentials_from": SIGNED_IN}, "credentials_from"),
        ({"url": "sftp://host/out"}, "[password, username]"),
        ({"url": "sftp://host/out", "credentials_from": {"username": "RECONCILE_FETCH_USER"}}, "[password, username]"),
        ({"url": "s3://bucket", "endpoint": "http://storage.example.org"}, "in the clear"),
        ({"url": "file:///srv", "pattern": 5}, "fetch.pattern"),
    ],
)
def test_a_mistake_is_told_by_its_key(fetch: dict[str, object], says: str) -> None:
    with pytest.raises(FetchError) as refused:
        _told(fetch)
    assert says in str(refused.value)
