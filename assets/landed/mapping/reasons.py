"""Why a row of a table is put aside by its mapping: the closed list of rules, and what people are told."""

#: Rules that a record as a whole breaks.
OF_RECORDS = {
    "field_count": "The record must have as many fields as there are headings.",
    "stray_quote": "A value with a quote must be quoted as a whole, and its quotes doubled.",
    "unclosed_quote": "A quote is opened here and not closed as it should be; close it before the next field.",
    "swallowed_lines": "A quote is opened here, and closed only after a line that looks like a record of its own; "
    "close it where the value ends. The lines that follow are read as records.",
}

#: Rules that a cell breaks.
OF_CELLS = {
    "not_in_parts": "must hold as many parts as the source file says, parted as it says.",
    "not_in_list": "must hold a value that is in the list of the source file.",
    "date_format": "must be written in one of the formats that the source file states.",
    "two_dates": "must be one date by all formats that the source file states.",
    "dates_two_ways": "holds dates of the sheet beside dates left as text that all have a day above 12: a program "
    "that takes the month first may have interchanged day and month.",
    "scientific_notation": "holds a number that a spreadsheet has shortened; write it out as text.",
    "day_for_a_code": "holds a day that a spreadsheet has made of something else; write it as text.",
    "error_cell": "holds an error of the spreadsheet instead of a value.",
}
