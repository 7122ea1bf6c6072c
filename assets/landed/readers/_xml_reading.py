"""XML of others read safely: in a stream, without document types, entities or anything fetched, and within bounds.

A first parser (expat) reads up to the root element and stops at a document type before anything in it counts, so that no
entity but the five of XML itself is ever declared. A second (libxml2) then builds the elements asked for, which are given
up as soon as the next piece of the file is read: memory does not grow with the file. Messages hold no part of the file.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import polars as pl
from lxml import etree

from assets.landed.limits import MEGABYTE
from assets.landed.refusals import RefusedDelivery

_CHUNK = 1 << 18

#: How far into the file the root element begins at the latest: before it there is a declaration and comments.
_PROLOG_BYTES = MEGABYTE

#: How large one record, or anything else that is still open, may be. libxml2 itself bounds names (50 kB) and depth (256).
_RECORD_BYTES = 8 * MEGABYTE

#: What both parsers read alike. In all but UTF-16 a document type begins with the same bytes.
_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252")

_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "collect_ids": False,
    "remove_comments": True,
    "remove_pis": True,
    "remove_blank_text": True,
}

_EXPORT_AGAIN = "Have the file exported again, and send it whole and unchanged."

#: libxml2's name of a fault: what to call it. All others are plain faults of form.
_FAULTS = {
    "ERR_DOCUMENT_END": "something follows the root element",
    "ERR_TAG_NOT_FINISHED": "the file is cut short",
    "ERR_GT_REQUIRED": "the file is cut short",
    "ERR_TAG_NAME_MISMATCH": "an element is closed by another name",
    "ERR_INVALID_ENCODING": "bytes are not of the encoding that the file declares",
    "ERR_INVALID_CHAR": "a character that XML does not allow",
    "ERR_UNDECLARED_ENTITY": "an entity that XML itself does not have",
    "NS_ERR_UNDEFINED_NAMESPACE": "a prefix without its namespace",
}
_BEYOND = ("ERR_RESOURCE_LIMIT", "ERR_NAME_TOO_LONG")

#: A date of XML Schema, which may bear a time zone.
_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]*)?(?:Z|[+-][0-9]{2}:[0-9]{2})?$"


@dataclass(frozen=True, kw_only=True)
class Root:
    """The root element: its name without prefix, and its namespace (empty: none)."""

    name: str
    namespace: str

    def tag(self, name: str) -> str:
        """An element's name as lxml knows it, in the root's namespace."""
        return f"{{{self.namespace}}}{name}" if self.namespace else name


class _Found(Exception):
    """No fault: the root is there, and expat can stop."""

    def __init__(self, root: Root) -> None:
        self.root = root


def root_of(path: Path) -> Root:
    """The file's root element, found without building anything.

    Raises:
        RefusedDelivery: `unsafe_xml` for a document type or a root that does not begin in time, `unknown_encoding`,
            `damaged_xml`, `empty_file`.
    """
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = _stop_at_root
    parser.XmlDeclHandler = _only_known_encodings
    left = _PROLOG_BYTES
    try:
        with path.open("rb") as file:
            while left > 0 and (chunk := file.read(min(left, 1 << 16))):
                parser.Parse(chunk)
                left -= len(chunk)
        if left > 0:
            parser.Parse(b"", True)
    except _Found as found:
        return found.root
    except expat.ExpatError as error:
        _refuse_prolog(error)
    except (LookupError, ValueError):
        _refuse_encoding()
    raise unsafe("Its root element does not begin within the first megabyte.")


def _stop_at_root(name: str, attributes: dict[str, str]) -> NoReturn:
    namespace, _, bare = name.rpartition("\n")
    raise _Found(Root(name=bare, namespace=namespace))


def _refuse_document_type(*declared: Any) -> NoReturn:
    raise unsafe("The file declares a document type (DOCTYPE), by which entities and other files can be drawn in.")


def _only_known_encodings(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        _refuse_encoding()


def _refuse_encoding() -> NoReturn:
    known = ", ".join(_ENCODINGS)
    raise RefusedDelivery(
        "unknown_encoding",
        f"The file declares an encoding that is none of [{known}].",
        advice="Have the file written in one of these.",
    )


def _refuse_prolog(error: expat.ExpatError) -> NoReturn:
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]:
        raise RefusedDelivery("empty_file", "The file holds no element.") from None
    wrong = (expat.errors.XML_ERROR_UNKNOWN_ENCODING, expat.errors.XML_ERROR_INCORRECT_ENCODING)
    fault = "bytes are not of the encoding that the file declares" if expat.ErrorString(error.code) in wrong else ""
    raise _damaged(fault, error.lineno) from None


def unsafe(what: str) -> RefusedDelivery:
    """The refusal of a file that could do harm, or is beyond bounds that no file of the format comes near."""
    return RefusedDelivery(
        "unsafe_xml", what, advice="Ask the sender why; nothing that it names was read. Have a plain file sent."
    )


def _damaged(fault: str, line: int | None) -> RefusedDelivery:
    where = f" in line [{line}]" if line else ""
    told = f": {fault}" if fault else ""
    return RefusedDelivery("damaged_xml", f"The file is not well formed{where}{told}.", advice=_EXPORT_AGAIN)


def elements(path: Path, root: Root, names: Iterable[str]) -> Iterator[Any]:
    """The elements of some names, wherever they stand, each once it is complete, in the file's order.

    An element is there until the next one is asked for. Elements of these names do not stand in one another.

    Args:
        path: the file.
        root: its root, as `root_of` found it.
        names: names without prefix, in the root's namespace.

    Raises:
        RefusedDelivery: `damaged_xml`, `unsafe_xml`, `record_too_large`.
    """
    tags = frozenset(map(root.tag, names))
    parser = etree.XMLPullParser(events=("start",), tag=root.tag(root.name), **_SAFE)
    top, waiting = None, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            _advance(parser, chunk)
            # elements that are named as the root would wait here for ever
            started = [element for _, element in parser.read_events()]
            top = started[0] if top is None and started else top
            waiting += len(chunk)
            if top is not None and (yield from _given_up(top, tags)):
                waiting = 0
            if waiting > _RECORD_BYTES:
                raise RefusedDelivery(
                    "record_too_large", f"One record takes more than [{_RECORD_BYTES}] bytes.", advice=_EXPORT_AGAIN
                )
    top = _advance(parser, None)
    # expat saw none; should the two ever read differently, what was made of the file must not count
    if top.getroottree().docinfo.internalDTD is not None:
        _refuse_document_type()
    yield from top.iter(*tags)


def _advance(parser: Any, chunk: bytes | None) -> Any:
    """Hands a piece of the file to the parser, or takes the root element from it where the file has ended."""
    try:
        top = parser.close() if chunk is None else parser.feed(chunk)
    except (etree.LxmlError, LookupError, ValueError) as error:
        raise _fault(parser, getattr(error, "lineno", None)) from None
    # an unknown entity does not make `feed` fail, and the elements after it would be read without their text
    if any(_is_fault(entry) for entry in parser.feed_error_log):
        raise _fault(parser, None)
    return top


def _is_fault(entry: Any) -> bool:
    # the ILR's namespaces are relative addresses, of which libxml2 warns
    return bool(entry.level > etree.ErrorLevels.WARNING)


def _fault(parser: Any, line: int | None) -> RefusedDelivery:
    first = next((entry for entry in parser.feed_error_log if _is_fault(entry)), None)
    kind = first.type_name if first else ""
    if kind in _BEYOND:
        return unsafe("Elements are nested too deeply, or a text, an attribute or a name is too long.")
    return _damaged(_FAULTS.get(kind, ""), first.line if first else line)


def _given_up(top: Any, tags: frozenset[str]) -> Generator[Any, None, bool]:
    """Yields what is complete and drops it; what is still open is the last child of the last child, and so on.

    Returns:
        Whether anything was dropped.
    """
    dropped = False
    node = top
    while len(node):
        done = node[:-1]
        for child in done:
            yield from child.iter(*tags)
        if done:
            del node[:-1]
            dropped = True
        node = node[-1]
        # an open record keeps what it holds until it is complete
        if node.tag in tags:
            break
    return dropped


def texts(leaves: Iterable[Any]) -> dict[str, str | None]:
    """The text of each of some elements by its tag; None where it is empty.

    Raises:
        RefusedDelivery: `damaged_xml`, where one stands twice or holds other elements: neither text would be the right one.
    """
    found = [(leaf.tag, _refuse_nested(leaf) if len(leaf) else leaf.text) for leaf in leaves]
    values = dict(found)
    if len(values) < len(found):
        tags = [tag for tag, _ in found]
        _refuse_structure(next(tag for tag in tags if tags.count(tag) > 1), "stands twice in one record")
    return values


def _refuse_nested(leaf: Any) -> NoReturn:
    _refuse_structure(leaf.tag, "holds other elements instead of text")


def _refuse_structure(tag: str, what: str) -> NoReturn:
    name = etree.QName(tag).localname
    raise RefusedDelivery("damaged_xml", f"An element [{name}] {what}.", advice=_EXPORT_AGAIN)


def shown(path: Path, number: int, *, record: str, within: str) -> list[str]:
    """What a record says and what the element around it says of it, as `name: text`; nothing if there is no such record.

    Args:
        path: the file.
        number: of the record, from 1, in the file's order.
        record: name of the elements that are counted.
        within: name of the elements that they stand in.
    """
    root, seen = root_of(path), 0
    for around in elements(path, root, (within,)):
        records = list(around.iter(root.tag(record)))
        if number <= seen + len(records):
            wanted = records[number - seen - 1]
            others = {leaf for one in records if one is not wanted for leaf in one.iter()}
            leaves = [leaf for leaf in around.iter() if not len(leaf) and leaf.text and leaf not in others]
            return [f"{etree.QName(leaf.tag).localname}: {leaf.text}" for leaf in leaves]
        seen += len(records)
    return []


def day(column: str) -> pl.Expr:
    """A date, or the date of a moment, as XML Schema writes them, without time and zone; other text stays as it is."""
    return pl.col(column).str.replace(_DATE, "$1")


def month(column: str) -> pl.Expr:
    """The month, yyyy-mm, of what `day` reads; other text stays as it is."""
    return day(column).str.replace(r"^([0-9]{4}-[0-9]{2})-[0-9]{2}$", "$1")


def text_columns(names: Iterable[str], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows as columns of trimmed text, null where empty."""
    names = tuple(names)
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    frame = pl.DataFrame([pl.Series(name, column, pl.String) for name, column in zip(names, columns, strict=True)])
    trimmed = pl.all().str.strip_chars()
    return frame.with_columns(pl.when(trimmed != "").then(trimmed))
