"""DfE's list of qualifications approved for funding: rows of the feed `qualifications`.

It names organisations and gives no recognition numbers, no guided learning hours, and no day on which registration or
certification ends: its dates are those of approvals for funding, and none of them becomes one of those. Where a download of
the register can be had, that is the better source.
"""

import re
from collections.abc import Iterator

from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.readers._register_lines import Layout
from assets.landed.readers._register_options import ListOptions
from assets.landed.readers._register_rows import FEED, Rows

LAYOUT = Layout(
    name="list of approved qualifications",
    taken={
        "qualification_number": "QualificationNumber",
        "title": "QualificationName",
        "organisation_name": "AwardingOrganisation",
        "level": "Level",
        "type": "QualificationType",
        "status": "Status",
        "snapshot": "DateOfOfqualDataSnapshot",
    },
    required=("qualification_number", "title", "organisation_name", "level"),
    known=re.compile(
        "subcategory|sectorsubjectarea|awardingorganisationurl|"
        "[a-z0-9]+_(fundingavailable|fundingapprovalstartdate|fundingapprovalenddate|notes)"
    ),
)

# the number that the feed wants is never in the file: it is looked up
ROWS = Rows(layout=LAYOUT, columns=lambda options: {})


def _read(delivered: Delivered, options: ListOptions) -> Iterator[Part]:
    yield from ROWS.parts(delivered, options)


_LIST = "SkillsFundingAgency/das-aodp-jobs at d4b81dd, Data/approved.csv of 18 February 2025 (8,092 rows)"

READER = Reader(
    name="dfe_approved_list",
    title="DfE list of approved qualifications",
    meaning="The Department for Education's list of regulated qualifications approved for funding, with the dates of each "
    "offer. It gives titles, organisations by name, and levels.",
    endings=("csv",),
    text=True,
    options=ListOptions,
    feeds=lambda options: (FEED,),
    read=_read,
    facts=(
        Fact(what="names of the columns, numbers without slashes, levels", mark="primary source", source=_LIST),
        Fact(what="values with line breaks, tabs and spaces around them", mark="executed", source=_LIST),
        Fact(what="dates of approval for funding, dd/mm/yyyy; not taken over", mark="primary source", source=_LIST),
        Fact(what="recognition numbers of the organisations", mark="configuration"),
        Fact(what="suites, claims and extraordinary arrangements", mark="configuration"),
    ),
)
