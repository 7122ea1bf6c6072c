"""Taking a file in: its bytes copied under their hash, checked to the last one, its lines counted.

The copy in the store is what everything later reads; the landing folder is not touched again. Nothing here splits lines
into fields, so that the count of lines is independent of the parser that is later held against it.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from assets.landed.deliveries import FoundFile
from assets.landed.limits import Limits
from assets.landed.line_blocks import TextFacts, survey
from assets.landed.refusals import Refusal, RefusedDelivery, beyond
from assets.landed.unpacking import CHUNK, is_plain, plain
from assets.landed.whole_files import storing, written_whole

#: Raised whenever this module judges the same bytes differently, so that earlier judgements are not used again.
_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """A delivery's bytes in the store.

    Attributes:
        found: where it came from.
        delivery_id: 16 hexadecimal digits of a hash over feed and bytes; over feed and name where bytes are not known.
        sha256: hash of the delivered bytes, or None where they could not be read.
        bytes: size as delivered.
        readable: the plain file to parse, or None if refused.
        lines: lines that are not blank; 0 where the file is not text, or could not be read.
        landed_rows: for canonical CSV the lines without the header; 0 where unknown. Else 0 until the file is parsed.
        refusal: why the bytes are unusable, if they are.
    """

    found: FoundFile
    delivery_id: str
    sha256: str | None
    bytes: int
    readable: Path | None
    lines: int
    landed_rows: int
    refusal: Refusal | None


def take_in(found: FoundFile, store: Path, limits: Limits) -> TakenIn:
    """Copies a delivery's bytes to `<store>/files/<sha256>.<ending>` and makes plain UTF-8 of them.

    A file whose bytes are there already is only hashed. What is packed, and text that is not UTF-8 or begins with a byte
    order mark, is unpacked beside its copy.

    Args:
        found: a file with status `found`.
        store: folder for what is taken in; it is made where it is missing.
        limits: bounds on the delivery.

    Returns:
        What was taken in; a delivery that cannot be used carries its refusal. Never raises for what the file holds.

    Raises:
        OSError: the store cannot be written (`StoreFault`), or its disk is full.
    """
    digest = None
    try:
        files = store / "files"
        with storing(files):
            files.mkdir(parents=True, exist_ok=True)
        digest, kept = _keep(found, files, limits)
        readable, facts, refusal = _plain(kept, found, limits)
    except RefusedDelivery as refused:
        readable, facts, refusal = None, TextFacts(), refused.refusal
    return TakenIn(
        found=found,
        delivery_id=delivery_id(found.feed, identity(found, digest)),
        sha256=digest,
        bytes=found.bytes,
        readable=readable,
        lines=facts.lines - facts.blank_lines,
        landed_rows=max(facts.lines - facts.blank_lines - 1, 0) if found.source is None else 0,
        refusal=refusal,
    )


def identity(found: FoundFile, digest: str | None) -> str:
    """What makes a file the delivery it is: its bytes, what its name says they are, and its source as that now reads.

    The same bytes under another ending are another delivery: one of the two can be read. Where there are no bytes, its name.
    """
    if digest is None:
        return found.file_name
    source = f"{found.source.name}/{found.source.fingerprint}/" if found.source else ""
    return f"{source}{digest}" if found.container == "csv" else f"{source}{digest}.{found.container}"


def delivery_id(feed: str | None, identity: str) -> str:
    """The id of a delivery: a hash over its feed and the hash of its bytes (or its name, if they are not known)."""
    return hashlib.sha256(f"{feed or ''}\n{identity}".encode()).hexdigest()[:16]


def _keep(found: FoundFile, files: Path, limits: Limits) -> tuple[str, Path]:
    """The hash of a file's bytes and their copy, made unless it is there."""
    with _opened(found, limits) as source:
        digest = _copy(source, None)
        kept = files / f"{digest}.{found.container}"
        if not kept.exists():
            source.seek(0)
            with written_whole(kept) as target:
                if _copy(source, target) != digest:
                    raise RefusedDelivery("still_growing", "The file changed while it was read.")
    return digest, kept


@contextmanager
def _opened(found: FoundFile, limits: Limits) -> Iterator[BinaryIO]:
    """The file, opened without following a link, and held to stay as it is until the block ends."""
    if not found.path.parent.resolve().is_relative_to(found.landing):
        raise RefusedDelivery("not_a_regular_file", "The file lies outside the landing folder.")
    try:
        descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if found.path.is_symlink():
            raise RefusedDelivery("not_a_regular_file", "This is a link or a device.") from None
        raise RefusedDelivery("unreadable", f"The file cannot be opened ({type(error).__name__}).") from None
    with os.fdopen(descriptor, "rb") as source:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise RefusedDelivery("not_a_regular_file", "This is a link or a device.")
        if before.st_size > limits.delivered_bytes:
            raise beyond(limits, "delivered_bytes")
        yield source
        after = os.fstat(descriptor)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or source.tell() != after.st_size:
            raise RefusedDelivery("still_growing", "The file changed while it was read.")


def _copy(source: BinaryIO, target: BinaryIO | None) -> str:
    """Reads the source to its end, writes it to the target if there is one, and returns its hash."""
    hasher = hashlib.sha256()
    while chunk := source.read(CHUNK):
        hasher.update(chunk)
        if target is not None:
            target.write(chunk)
    return hasher.hexdigest()


def _plain(kept: Path, found: FoundFile, limits: Limits) -> tuple[Path | None, TextFacts, Refusal | None]:
    """The plain file, what its lines are, and whether it is refused: judged once for the same bytes and limits."""
    if not found.text and not found.packing:
        return kept, TextFacts(), None
    judged = hashlib.sha256(f"{_VERSION} {limits} {found.text}".encode()).hexdigest()[:12]
    made = "plain" if found.encoding == "utf-8" else f"{found.encoding}.plain"
    note = kept.with_name(f"{kept.name}.{made}.{judged}.json")
    readable = kept if is_plain(kept, found) else kept.with_name(f"{kept.name}.{made}")
    noted = json.loads(note.read_bytes()) if note.exists() else None
    if noted is None or not (noted["refusal"] or readable.exists()):
        noted = _judge(kept, found, limits, readable)
        with written_whole(note) as target:
            target.write(json.dumps(noted, sort_keys=True).encode())
    refusal = Refusal(**noted["refusal"]) if noted["refusal"] else None
    return None if refusal else readable, TextFacts(**noted["facts"]), refusal


def _judge(kept: Path, found: FoundFile, limits: Limits, readable: Path) -> dict[str, Any]:
    """What `_plain` notes down; writes the plain file if that is not the copy itself."""
    facts, refusal = TextFacts(), None
    try:
        contents = plain(kept, found, limits)
        if found.text:
            facts, refusal = survey(contents, limits, None if readable == kept else readable)
        else:
            with written_whole(readable) as target:
                target.writelines(contents)
    except RefusedDelivery as refused:
        refusal = refused.refusal
    return {"facts": asdict(facts), "refusal": asdict(refusal) if refusal else None}
