"""How much one delivery may be: bounds that keep a hostile or broken file from filling disk and memory."""

from dataclasses import dataclass

MEGABYTE = 1_000_000
GIGABYTE = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on one delivery.

    Attributes:
        delivered_bytes: size of the file as it was delivered.
        expanded_bytes: size of its contents once unpacked.
        ratio: how many times larger the contents may be than the file.
        ratio_from_bytes: contents up to this size are not held against `ratio`: a small regular file packs well.
        line_bytes: length of one line.
        columns: columns in the header.
        rows: rows of a file in a format of its own, those set aside included.
    """

    delivered_bytes: int = 20 * GIGABYTE
    expanded_bytes: int = 20 * GIGABYTE
    ratio: int = 100
    ratio_from_bytes: int = 16 * MEGABYTE
    line_bytes: int = MEGABYTE
    columns: int = 500
    rows: int = 200_000_000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"limit [{name}] is [{value}]; give a whole number above 0")
