"""From delivered bytes to plain ones: archives unpacked, UTF-16 made UTF-8, each within limits and checked to the end.

DuckDB reads a truncated gzip file as a shorter one without an error, so archives are read to their trailer here, before
any parser sees them. What the lines hold is `reading`'s business.
"""

import codecs
import errno
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from assets.landed.deliveries import FoundFile
from assets.landed.limits import Limits
from assets.landed.refusals import RefusedDelivery, beyond

CHUNK = 8 << 20

#: Numbers of errors that are the archive's fault and not the disk's. EINVAL: its list names a place before its beginning.
_OF_CONTENTS = (None, errno.EINVAL)

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_plain(path: Path, found: FoundFile) -> bool:
    """Whether the delivered bytes already are what `plain` would make of them, so that they need no second copy."""
    if found.packing:
        return False
    if not found.text:
        return True
    with path.open("rb") as file:
        return found.encoding == "utf-8" and not file.read(3).startswith((codecs.BOM_UTF8, *_UTF16))


def plain(path: Path, found: FoundFile, limits: Limits) -> Iterator[bytes]:
    """The file's contents in chunks of any size; text as UTF-8 without a byte order mark.

    UTF-16 is recognised by its byte order mark; any other encoding but UTF-8 is what the source says and never guessed.
    Whether the rest is UTF-8 is left to `intake`, which counts lines and can say which one is wrong.

    Args:
        path: the delivered bytes.
        found: what kind of file they are.
        limits: bounds on the contents.

    Raises:
        RefusedDelivery: `damaged_archive`, `not_one_member`, `unsafe_member_name`, `too_large`, `suspicious_ratio`,
            `damaged_utf16`, `damaged_encoding`.
    """
    chunks = _bounded(_unpacked(path, found), path.stat().st_size, limits)
    return _as_utf8(chunks, found.encoding) if found.text else chunks


def _unpacked(path: Path, found: FoundFile) -> Iterator[bytes]:
    if not found.packing:
        with path.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")
        return
    try:
        if found.packing == "gz":
            with gzip.open(path, "rb") as packed:
                yield from iter(lambda: packed.read(CHUNK), b"")
        else:
            with zipfile.ZipFile(path) as archive, archive.open(_only_member(archive, found)) as member:
                yield from iter(lambda: member.read(CHUNK), b"")
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        # RuntimeError: a password; NotImplementedError: a method of compression that Python does not know
        of_disk = isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile)
        if of_disk and getattr(error, "errno", None) not in _OF_CONTENTS:
            raise
        raise RefusedDelivery("damaged_archive", "The archive is damaged, cut short or locked.") from None


def _only_member(archive: zipfile.ZipFile, found: FoundFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) != 1:
        raise RefusedDelivery("not_one_member", f"The archive holds [{len(members)}] members.")
    member = members[0]
    parts = re.split(r"[/\\]", member.orig_filename)
    if len(parts) > 1 or ":" in member.orig_filename or "\0" in member.orig_filename:
        raise RefusedDelivery("unsafe_member_name", "The member of the archive is named with a folder or a drive.")
    if not found.may_hold(member.filename):
        kind = f"[.{(found.container or '').removesuffix('.zip')}]"
        raise RefusedDelivery("not_one_member", f"The member of the archive is no {kind} file.")
    return member


def _bounded(chunks: Iterator[bytes], packed_bytes: int, limits: Limits) -> Iterator[bytes]:
    """The chunks as long as they keep within the limits on size and on the ratio to what was delivered."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.expanded_bytes:
            raise beyond(limits, "expanded_bytes")
        if total > limits.ratio_from_bytes and total > limits.ratio * packed_bytes:
            raise beyond(limits, "ratio")
        yield chunk


def _as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    first = next(chunks, b"")
    marked = first.startswith(_UTF16)
    if not marked and (encoding == "utf-8" or first.startswith(codecs.BOM_UTF8)):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16" if marked else encoding)()
    try:
        yield decoder.decode(first).encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        if marked:
            raise RefusedDelivery("damaged_utf16", "The file says that it is UTF-16 and is not.") from None
        raise RefusedDelivery("damaged_encoding", f"The file is not [{encoding}] as its source says.") from None
