"""A record of an XML file can be looked at again by its number, with what stands around it and nothing of its neighbours."""

from pathlib import Path

from assets.landed import readers

_RECORD = (
    '<?xml version="1.0" encoding="UTF-8"?><Message xmlns="ESFA/ILR/2025-26">'
    "<Learner><LearnRefNumber>A</LearnRefNumber>"
    "<LearningDelivery><LearnAimRef>1</LearnAimRef></LearningDelivery>"
    "<LearningDelivery><LearnAimRef>2</LearnAimRef></LearningDelivery></Learner>"
    "<Learner><LearnRefNumber>B</LearnRefNumber>"
    "<LearningDelivery><LearnAimRef>3</LearnAimRef></LearningDelivery></Learner></Message>"
)


def test_a_record_is_shown_with_what_is_said_around_it(tmp_path: Path) -> None:
    path = tmp_path / "record.xml"
    path.write_text(_RECORD, encoding="utf-8")
    shown = readers.reader("ilr").shown
    assert shown is not None
    assert shown(path, 2) == ["LearnRefNumber: A", "LearnAimRef: 2"]
    assert shown(path, 3) == ["LearnRefNumber: B", "LearnAimRef: 3"]
    assert shown(path, 4) == []


def test_an_outcome_of_a_message_is_shown_as_the_row_counts_it(tmp_path: Path) -> None:
    path = tmp_path / "message.xml"
    path.write_text(
        '<A2CMessage xmlns="http://jcq.org.uk/a2c"><QEOutcome><Learner_Party_Id>P</Learner_Party_Id>'
        "<QEOutcome_CN><QE_Outcome_Value>M</QE_Outcome_Value></QEOutcome_CN>"
        "<QEOutcome_CN><QE_Outcome_Value>D</QE_Outcome_Value></QEOutcome_CN></QEOutcome></A2CMessage>",
        encoding="utf-8",
    )
    shown = readers.reader("a2c_results").shown
    assert shown is not None
    assert shown(path, 2) == ["Learner_Party_Id: P", "QE_Outcome_Value: D"]
