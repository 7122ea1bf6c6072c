"""What sources of Electronic Data Interchange files say alike: the layout, the list of codes, whose identifier is whose.

A layout is one that is shipped, by its name, one written out, or `file: name.yml` beside the source file; not `.yaml`, since
every such file there is a source. The list of codes is what `reconcile edi-codes` writes.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from assets.landed.sources import Lookup, LookupTable, file_beside
from schemas.edi_layout import Layout, LayoutError, checked_layout, layout_of, shipped_layout
from schemas.edi_meanings import Kind

#: What an option or a component code can stand for.
ENTRIES = ("certification", "unit", "component")
#: Columns of the list of codes behind the code, which is `<organisation>/<code>`.
CODE_COLUMNS = ("entry", "qualification_number", "unit_number")
TITLE = "title"

_CODE = re.compile(r"[0-9A-Z]{2}/[^\s/](.*\S)?")
_ORGANISATION = re.compile(r"[0-9A-Z]{2}")
_LARGEST = 1_000_000


def _layout(value: Any, info: ValidationInfo) -> Any:
    try:
        if isinstance(value, Layout):
            return value
        if isinstance(value, str):
            return shipped_layout(value)
        if isinstance(value, dict) and set(value) == {"file"}:
            return layout_of(_text_beside(value["file"], info))
        return checked_layout(value)
    except LayoutError as error:
        raise ValueError(str(error)) from None


def _text_beside(name: Any, info: ValidationInfo) -> str:
    try:
        return file_beside(name, info, ".yml", _LARGEST).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"the file [{name}] is no UTF-8; save it as that") from None


def _codes(codes: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    for code, row in codes.items():
        if not _CODE.fullmatch(code):
            raise ValueError(f"the code [{code}] has not the form <organisation>/<code>, as in 70/4022, in capitals")
        if set(row) - {TITLE} != set(CODE_COLUMNS):
            raise ValueError(f"the columns are code, {', '.join(CODE_COLUMNS)} and, if wanted, {TITLE}; correct them")
        if row["entry"] not in ENTRIES:
            raise ValueError(f"the code [{code}] has another [entry] than {', '.join(ENTRIES)}; correct it")
    return {
        code: row | {"qualification_number": row["qualification_number"].strip().replace("/", "").upper()}
        for code, row in codes.items()
    }


def _organisations(organisations: dict[str, str]) -> dict[str, str]:
    if not organisations or not all(_ORGANISATION.fullmatch(identifier) for identifier in organisations):
        raise ValueError(
            'give the identifier of two characters in files\' names and the recognition number: "70": RN5196'
        )
    return organisations


#: A layout: the name of a shipped one (`schemas/edi_layouts`), `file: name.yml`, or written out.
LayoutOption = Annotated[Layout, BeforeValidator(_layout)]
#: The list of codes: `file: codes.csv`, or written out.
Codes = Annotated[LookupTable, AfterValidator(_codes)]
#: Recognition number by the identifier that stands in files' names.
Organisations = Annotated[Lookup, AfterValidator(_organisations)]


def layout_of_kind(layout: Layout, kind: Kind) -> Layout:
    """The layout itself.

    Raises:
        ValueError: it is of another kind.
    """
    if layout.kind != kind:
        raise ValueError(f"the layout is of [{layout.kind}], and the reader reads [{kind}]; name one of that kind")
    return layout
