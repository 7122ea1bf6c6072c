"""Invented identifiers for tests of linking.

A number that passes its check digit may be a real person's. So none is written down: they are worked out in memory, by
the rules as the public sources state them, and end with the test.
"""

from datetime import date
from typing import Any

BORN = date(2007, 11, 5)


def uln(serial: int) -> str:
    """A unique learner number that passes: the tenth digit is 10 less the first nine by 10 to 2, modulo 11."""
    number = 111_111_111
    while True:
        number += 1
        rest = sum(int(digit) * weight for digit, weight in zip(str(number), range(10, 1, -1), strict=True)) % 11
        if rest:
            serial -= 1
            if serial < 0:
                return f"{number}{10 - rest}"


def broken_uln(serial: int) -> str:
    """A number of the right form whose check digit fails."""
    valid = uln(serial)
    return valid[:-1] + str((int(valid[-1]) + 1) % 10)


def uci(serial: int) -> str:
    """A unique candidate identifier that passes: twelve digits by 16 to 5, modulo 17, point at the letter."""
    body = f"000000{25:02d}{serial:04d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, range(16, 4, -1), strict=True))
    return body + "ABCDEFGHKLMRTVWXY"[total % 17]


def applicant(number: int, **more: Any) -> dict[str, Any]:
    """A row of `ucas_applicants`: Nadia Winterbourne unless told otherwise."""
    name = {"forenames": "Nadia", "surname": "Winterbourne"}
    return {"personal_id": f"{number:010d}", **name, "date_of_birth": BORN, **more}


def centre_row(number: int, **more: Any) -> dict[str, Any]:
    """A row of `centre_registrations`: Nadia Winterbourne at centre 10001 unless told otherwise."""
    row = {
        "centre_number": "10001",
        "centre_learner_reference": f"ref {number}",
        "qualification_number": "60000001",
        "awarding_organisation_rn": "RN0001",
        "forename": "Nadia",
        "surname": "Winterbourne",
        "date_of_birth": BORN,
        "status": "active",
    }
    return {**row, **more}


def registration(number: int, **more: Any) -> dict[str, Any]:
    """A row of `ao_registrations`: Nadia Winterbourne at centre 10001 unless told otherwise."""
    row = {
        "awarding_organisation_rn": "RN0001",
        "registration_number": f"reg {number}",
        "qualification_number": "60000002",
        "centre_number": "10001",
        "forename": "Nadia",
        "surname": "Winterbourne",
        "date_of_birth": BORN,
        "registration_date": date(2025, 10, 1),
        "status": "active",
    }
    return {**row, **more}
