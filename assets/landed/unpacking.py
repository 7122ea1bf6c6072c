"""From delivered bytes to plain ones: archives unpacked, UTF-16 made UTF-8, each within limits and checked to the end.

DuckDB reads a truncated gzip file as a shorter one without an error, so archives are read to their trailer here, before
any parser sees them. What the lines hold is `reading`'s business.
"""

import codecs
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from assets.landed.deliveries import Container
from assets.landed.limits import Limits
from assets.landed.refusals import RefusedDelivery

CHUNK = 8 << 20

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_plain(path: Path, container: Container) -> bool:
    """Whether a delivered CSV file already is what `plain_text` would make of it, so that it needs no second copy."""
    if container != "csv":
        return False
    with path.open("rb") as file:
        return not file.read(3).startswith((codecs.BOM_UTF8, *_UTF16))


def plain_text(path: Path, container: Container, limits: Limits) -> Iterator[bytes]:
    """The file's text as UTF-8 without a byte order mark, in chunks of any size.

    UTF-16 is recognised by its byte order mark alone; no other encoding is guessed, and whether the rest is UTF-8 is
    left to `intake`, which counts lines and can say which one is wrong.

    Args:
        path: the delivered bytes.
        container: `csv`, `csv.gz` or `csv.zip`.
        limits: bounds on the contents.

    Raises:
        RefusedDelivery: `damaged_archive`, `not_one_member`, `unsafe_member_name`, `too_large`, `suspicious_ratio`,
            `damaged_utf16`.
    """
    return _as_utf8(_bounded(_unpacked(path, container), path.stat().st_size, limits))


def _unpacked(path: Path, container: Container) -> Iterator[bytes]:
    if container == "csv":
        with path.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")
        return
    try:
        if container == "csv.gz":
            with gzip.open(path, "rb") as packed:
                yield from iter(lambda: packed.read(CHUNK), b"")
        else:
            with zipfile.ZipFile(path) as archive, archive.open(_only_member(archive)) as member:
                yield from iter(lambda: member.read(CHUNK), b"")
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        # RuntimeError: a password; NotImplementedError: a method of compression that Python does not know
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile) and error.errno is not None:
            raise
        raise RefusedDelivery("damaged_archive", "The archive is damaged, cut short or locked.") from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) != 1:
        raise RefusedDelivery("not_one_member", f"The archive holds [{len(members)}] members.")
    member = members[0]
    parts = re.split(r"[/\\]", member.orig_filename)
    if len(parts) > 1 or ":" in member.orig_filename or "\0" in member.orig_filename:
        raise RefusedDelivery("unsafe_member_name", "The member of the archive is named with a folder or a drive.")
    if not member.filename.lower().endswith(".csv"):
        raise RefusedDelivery("not_one_member", "The member of the archive is no [.csv] file.")
    return member


def _bounded(chunks: Iterator[bytes], packed_bytes: int, limits: Limits) -> Iterator[bytes]:
    """The chunks as long as they keep within the limits on size and on the ratio to what was delivered."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.expanded_bytes:
            raise RefusedDelivery("too_large", f"The contents are larger than [{limits.expanded_bytes}] bytes.")
        if total > limits.ratio_from_bytes and total > limits.ratio * packed_bytes:
            raise RefusedDelivery(
                "suspicious_ratio", f"The contents are more than [{limits.ratio}] times as large as the file."
            )
        yield chunk


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    if not first.startswith(_UTF16):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        yield decoder.decode(first).encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise RefusedDelivery("damaged_utf16", "The file says that it is UTF-16 and is not.") from None
