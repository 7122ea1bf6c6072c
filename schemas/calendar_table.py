"""What is published of the cycle's dates: for each centre, the dates that hold for what its learners are registered for."""

from schemas.published_table import PublishedTable, of_field, own

CALENDAR = PublishedTable(
    name="calendar",
    meaning="One row a date of the cycle that holds for a centre's open registrations, the most specific key date winning.",
    key=("centre_number", "falls_on", "event", "awarding_organisation_rn", "qualification_number", "series"),
    columns=(
        of_field("centre_number"),
        of_field("awarding_organisation_rn"),
        own(
            "qualification_number",
            "VARCHAR",
            "The qualification that has a date of its own; empty: all others of the organisation.",
        ),
        of_field("event"),
        of_field("series"),
        of_field("falls_on"),
        own("days_left", "INTEGER", "Days from the run's day to the date; below 0 when it is past."),
        of_field("source"),
    ),
)

#: What an event of `key_dates` is called in a sentence, in the order of a cycle (feed contract, key_dates).
EVENT_WORDS = {
    "registration_deadline": "Last day for registrations",
    "ucas_equal_consideration": "UCAS equal consideration date",
    "entry_deadline": "Last day for entries",
    "checkpoint_opens": "Checkpoint opens",
    "series_results": "Results of a series come out",
    "checkpoint_closes": "Checkpoint closes",
    "ucas_reply_deadline": "Last day for replies to UCAS offers",
    "claim_deadline": "Last day for claims",
    "results_to_ucas": "Results go to UCAS",
    "results_to_centres": "Results go to centres",
    "results_to_candidates": "Results go to candidates",
    "results_to_third_parties": "Results go to third parties",
    "priority_review_deadline": "Last day for priority reviews",
    "review_deadline": "Last day for reviews",
}
