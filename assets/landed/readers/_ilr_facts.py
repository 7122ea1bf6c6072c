"""What of the Individualised Learner Record is stated in public, and where."""

from assets.landed.reader import Fact

_SCHEMAS = (
    "ILR XML schemas of 2018-19 and 2020-21, SkillsFundingAgency/DC-ILR-1819-ValidationService and DC-ILR-2021-Tools"
)
_GUIDANCE = "https://guidance.submit-learner-data.service.gov.uk"

FACTS = (
    Fact(what="names, places and forms of the elements that are read", mark="primary source", source=_SCHEMAS),
    Fact(
        what="namespace ESFA/ILR/yyyy-yy of a year, and the same elements up to 2025-26",
        mark="secondary source",
        source="schema of 2025-26 kept in mcdev7777/ILR_File_Creator (data/2025-26-January.xsd)",
    ),
    Fact(
        what="LearnAimRef: of a regulated qualification its number without slashes; others are class codes",
        mark="primary source",
        source=f"ILR specification, Learning aim reference, {_GUIDANCE}/21-22/ilr/entity/LearningDelivery/field/LearnAimRef",
    ),
    Fact(
        what="ULN 9999999999 stands for one not known",
        mark="primary source",
        source="ValidationConstants in SkillsFundingAgency/DC-ILR-1819-ValidationService",
    ),
    Fact(
        what="a restart is a new aim with the day of the restart; the earlier aim stays closed",
        mark="primary source",
        source="Education and Skills Funding Agency, How to record learners returning or not returning from a break in "
        "learning, https://esfahelp.education.gov.uk/hc/en-gb/articles/360015251820",
    ),
    Fact(
        what="completion status: 1 continuing, 2 completed, 3 withdrawn, 6 on an agreed break",
        mark="primary source",
        source=f"ILR specification 2020 to 2021, Completion status, "
        f"{_GUIDANCE}/20-21/ilr/entity/LearningDelivery/field/CompStatus; the codes beside the words: HESA C16051, CSTAT",
    ),
    Fact(
        what="outcome grades, with the star first in *A and *D; they are taken as they stand",
        mark="primary source",
        source=f"ILR specification 2021 to 2022, Outcome grade, {_GUIDANCE}/ilr/field/outgrade",
    ),
    Fact(what="which completion status is an open, a withdrawn or a transferred registration", mark="configuration"),
    Fact(what="centre number of a provider", mark="configuration"),
    Fact(what="awarding organisation of a qualification", mark="configuration"),
    Fact(what="which learning aims are units, and of which qualification", mark="configuration"),
)
