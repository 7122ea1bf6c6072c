"""Why a delivery is refused or ignored as a whole: the reasons that all formats share, and the exception that carries one.

Messages go to people and into the warehouse, so they never hold a delivered value. Reasons for single rows belong in
`schemas.checks`.
"""

from dataclasses import dataclass
from typing import Self

from assets.landed.limits import Limits

#: Reasons for which a delivery is refused, with what to do about it.
REFUSED: dict[str, str] = {
    "not_a_regular_file": "Put the file itself into the feed's folder, not a link or a device.",
    "still_growing": "Nothing needs doing: the file is read again on the next run.",
    "too_large": "Deliver it in several files, or raise the limit in the settings.",
    "suspicious_ratio": "Deliver the file uncompressed if its contents are genuine.",
    "damaged_archive": "Compress the file again and send it again.",
    "not_one_member": "Put exactly one file of the format into the archive.",
    "unsafe_member_name": "Name the file in the archive without a folder.",
    "nul_bytes": "Save the file as UTF-8 text and send it again.",
    "not_utf8": "Save the file as UTF-8 and send it again; other encodings are not guessed.",
    "damaged_utf16": "Save the file as UTF-8 and send it again.",
    "damaged_encoding": "Correct the source's encoding, or save the file as UTF-8 and send it again.",
    "carriage_returns": "Save the file with the line breaks of Windows or Unix.",
    "line_too_long": "Look for a missing line break.",
    "too_many_rows": "Deliver it in several files, or raise the limit in the settings.",
    "too_many_columns": "Remove the columns that the feed does not have.",
    "empty_file": "Send the file again with its rows.",
    "header_only": "Send the file again with its rows.",
    "unreadable_header": "Quote each name as a whole, or none.",
    "missing_column": "Add the columns, named as in the feed contract.",
    "wrong_delimiter": "Save the file with commas between its columns.",
    "duplicate_column": "Leave each column in the file once.",
    "damaged_parquet": "Write the file again and send it again.",
    "unreadable_type": "Deliver the columns as text, numbers or dates.",
    "lines_unaccounted": "Report this to whoever runs the pipeline; no row of the file was used.",
    "no_acceptable_row": "Look at the reasons of its rows, put the cause right and send the file again.",
    "unusable_source": "Correct the source file; `reconcile check-source` says whether it can be used.",
    "unreadable": "Report this to whoever runs the pipeline; no row of the file was used.",
    "not_a_delta": "Put [.delta.] into its name, or [kind: delta] into the source, and deliver it again.",
}

#: Reasons for which something in the landing folder is no delivery.
IGNORED: dict[str, str] = {
    "hidden": "Its name begins with a dot.",
    "partial_upload": "It is a part of an upload; rename it when it is complete.",
    "other_extension": "Deliveries end in .csv, .csv.gz, .csv.zip or .parquet.",
    "folder": "Folders inside a feed's folder are not read; put the files into the feed's folder.",
    "no_row_for_feed": "Nothing needs doing if the sender had nothing to tell of this feed.",
    "unknown_feed": "No feed and no source has the folder's name, so nothing in it is read.",
    "outside_feed_folder": "Put the file into the folder of its feed.",
}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A reason from these lists or of a format's own, and a sentence or two for people."""

    reason: str
    message: str

    @classmethod
    def because(cls, reason: str, what: str = "", advice: str | None = None) -> Self:
        """A refusal whose message is what was found, followed by what to do about it.

        Args:
            reason: a key of `REFUSED` or `IGNORED`, or one of a format's own.
            what: a sentence on what was found, without delivered values.
            advice: what to do about a reason of a format's own.
        """
        if advice is None:
            advice = REFUSED[reason] if reason in REFUSED else IGNORED[reason]
        return cls(reason=reason, message=f"{what} {advice}".strip())


class RefusedDelivery(Exception):
    """Raised where a delivery turns out to be unusable as a whole; its arguments are those of `Refusal.because`."""

    def __init__(self, reason: str, what: str, advice: str | None = None) -> None:
        self.refusal = Refusal.because(reason, what, advice)
        super().__init__(self.refusal.message)


def require_delta(kind: str, what: str, *, complete: bool | None = None) -> None:
    """Refuses a full delivery of a file that tells only a part of what its sender has told.

    Args:
        kind: of the delivery, `full` or `delta`.
        what: what a full delivery would replace, as `all results of the organisation`.
        complete: whether the source says that each of its files tells everything; None where no file of the format can.

    Raises:
        RefusedDelivery: `not_a_delta`.
    """
    if kind == "delta" or complete:
        return
    found = f"The file tells a part, and as a full delivery it would stand in place of {what}."
    if complete is None:
        raise RefusedDelivery("not_a_delta", found)
    raise RefusedDelivery(
        "not_a_delta",
        found,
        advice=f"{REFUSED['not_a_delta']} If each file tells everything, say [complete: true] in its options.",
    )


#: The limits: the reason for which what lies beyond one is refused, and what is said of it.
_BEYOND = {
    "delivered_bytes": ("too_large", "The file is larger, in bytes, than"),
    "expanded_bytes": ("too_large", "The contents are larger, in bytes, than"),
    "ratio": ("suspicious_ratio", "The contents are more times as large as the file than"),
    "line_bytes": ("line_too_long", "A line is longer, in bytes, than"),
    "columns": ("too_many_columns", "The file has more columns than"),
    "rows": ("too_many_rows", "The file holds more rows than"),
}


def beyond(limits: Limits, name: str) -> RefusedDelivery:
    """The refusal of what lies beyond a limit; it names the limit and its value."""
    reason, found = _BEYOND[name]
    return RefusedDelivery(reason, f"{found} the limit [{name}] of [{getattr(limits, name)}].")
