"""Names as Pearson keeps them: capitals, few other characters, cut at the width of the field.

Sources: Pearson, Registration and entry data (qualifications.pearson.com): A-Z ' . : ( ) / - are accepted, lower case is
raised, all other characters are removed, accents should not be used; Functional Skills: making bulk registrations
(support.pearson.com): first names to 20 characters and last names to 30, spaces included. Neither says whether an accented
letter loses its accent or goes altogether; here it loses its accent, as with a centre that does as it is asked.
How cut names are linked is in `schemas.link_stages`.
"""

import re
import unicodedata

FIRST_NAMES, LAST_NAMES = 20, 30

_REMOVED = re.compile(r"[^A-Z'.:()/ -]")


def pearson_name(name: str, longest: int) -> str:
    """A name in Pearson's form.

    Args:
        name: as it is written, in one line.
        longest: `FIRST_NAMES` or `LAST_NAMES`.

    Returns:
        At most so many characters; empty where nothing of the name is kept (a name in another script).
    """
    plain = unicodedata.normalize("NFKD", name.replace("\u2019", "'")).upper()
    return " ".join(_REMOVED.sub("", plain).split())[:longest].rstrip()
