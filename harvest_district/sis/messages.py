"""The one table of English problem texts.

The Odoo layer translates by code: ``_(MESSAGES[code].message) % problem.params``.
Parameters hold names of files, columns and kinds, counts, and shapes of values only.
"""

from typing import NamedTuple


class Message(NamedTuple):
    """Severity, what is wrong, what to do."""

    severity: str
    message: str
    remedy: str


_AGAIN = "Export again from the student information system."
_FIX_ROW = "Correct the record in the student information system."

MESSAGES: dict[str, Message] = {
    # the archive
    "not_found": Message(
        "fatal", "There is no such file or folder.", "Check the path."
    ),
    "cannot_open": Message(
        "fatal", "The file cannot be opened.", "Check who may read it."
    ),
    "zip_damaged": Message(
        "fatal",
        "The zip file is damaged or was cut off.",
        "Send it again; wait until the upload is complete before it is read.",
    ),
    "zip_encrypted": Message(
        "fatal", "The zip file is encrypted.", "Send it without a zip password."
    ),
    "path_unsafe": Message(
        "fatal",
        "A file name in the archive leads outside of it.",
        "Pack the CSV files at the top of the zip file.",
    ),
    "nested_folders": Message(
        "fatal",
        "CSV files lie in different folders.",
        "Pack all CSV files in one folder or at the top of the zip file.",
    ),
    "name_twice": Message(
        "fatal",
        "This file is there more than once (capital letters do not count).",
        "Leave one file of that name.",
    ),
    "too_many_files": Message(
        "fatal", "There are more than %(limit)s files.", "Send only the roster files."
    ),
    "too_large": Message(
        "fatal",
        "Unpacked, the files are larger than %(limit)s bytes.",
        "Send fewer schools at a time, or raise the limit of this source.",
    ),
    "ratio_too_high": Message(
        "fatal",
        "The file unpacks to more than %(limit)s times its size.",
        "Raise the limit of this source if this is truly a roster.",
    ),
    "file_ignored": Message("note", "This file is not read.", ""),
    # text
    "not_utf8": Message(
        "fatal",
        "Line %(line)s is not UTF-8 text.",
        "Export as UTF-8. If the system can only write Windows-1252, "
        "set the encoding of this source to that.",
    ),
    "bad_encoding": Message(
        "fatal", "Line %(line)s is not %(encoding)s text.", "Export as UTF-8."
    ),
    "nul_byte": Message(
        "fatal",
        "Line %(line)s holds a NUL byte: damaged, or UTF-16 without its mark.",
        "Export as UTF-8.",
    ),
    "csv_syntax": Message(
        "fatal",
        "The quotes around a value are not closed or not doubled (line %(line)s).",
        "The file may have been cut off. " + _AGAIN,
    ),
    "wrong_delimiter": Message(
        "fatal",
        "The columns are not separated by commas.",
        "Export as CSV with commas; do not save the file from a spreadsheet.",
    ),
    "file_truncated": Message(
        "fatal",
        "The last row has %(found)s columns, the header has %(expected)s: "
        "the file was cut off.",
        _AGAIN,
    ),
    "maybe_truncated": Message(
        "warning",
        "The last line has no line end, unlike the other files: it may be cut off. "
        "Nothing is removed because it is not in this file.",
        _AGAIN,
    ),
    "replacement_character": Message(
        "warning",
        "A letter was lost before the file was sent (U+FFFD).",
        "Check the encoding of the export.",
    ),
    "other_encoding": Message("note", "Read as %(encoding)s.", ""),
    # manifest and files
    "manifest_missing": Message(
        "warning",
        "There is no manifest.csv; the files are taken as %(mode)s of version "
        "%(version)s.",
        "Let the student information system export the manifest too.",
    ),
    "manifest_invalid": Message(
        "fatal",
        "manifest.csv must have the columns propertyName and value.",
        _AGAIN,
    ),
    "manifest_contradiction": Message(
        "fatal", "manifest.csv gives %(name)s twice, differently.", _AGAIN
    ),
    "version_unknown": Message(
        "fatal",
        "This version of OneRoster is not known.",
        "Export as OneRoster 1.1 or 1.2.",
    ),
    "version_missing": Message(
        "warning", "manifest.csv names no version; taken as %(version)s.", ""
    ),
    "mode_unknown": Message(
        "fatal",
        "manifest.csv gives %(name)s a value other than absent, bulk or delta.",
        _AGAIN,
    ),
    "file_missing": Message(
        "fatal", "manifest.csv announces this file, but it is not there.", _AGAIN
    ),
    "file_not_declared": Message(
        "warning", "manifest.csv says that this file is absent; it is not read.", _AGAIN
    ),
    "file_required": Message(
        "fatal",
        "A complete roster needs this file.",
        "Include it in the export.",
    ),
    "file_empty": Message(
        "fatal",
        "A complete roster needs rows in this file, and there are none.",
        _AGAIN,
    ),
    "header_missing": Message(
        "fatal", "The column is missing.", "Include it in the export."
    ),
    "header_twice": Message(
        "fatal", "The column is there twice.", "Leave one column of that name."
    ),
    "header_spelling": Message(
        "note", "The column is spelt differently in the file; it was understood.", ""
    ),
    "header_unknown": Message("note", "%(count)s more columns are not read.", ""),
    "dropped_by_policy": Message(
        "note",
        "The column is not read: secrets, birthplace and citizenship are not kept.",
        "Leave it out of the export.",
    ),
    # rows
    "row_too_short": Message(
        "error", "The row has %(found)s columns, the header %(expected)s.", _AGAIN
    ),
    "row_too_long": Message(
        "error",
        "The row has %(found)s columns, the header %(expected)s: "
        "a comma without quotes?",
        _AGAIN,
    ),
    "extra_cells": Message("note", "The row ends in empty extra columns.", ""),
    "value_missing": Message("error", "The value is missing.", _FIX_ROW),
    "id_missing": Message(
        "error",
        "The row has no id, so it cannot be told whose it is. "
        "Nothing of this file is removed for being absent.",
        _FIX_ROW,
    ),
    "id_invalid": Message(
        "error",
        "The id is too long or holds characters that cannot be shown.",
        _FIX_ROW,
    ),
    "excel_id": Message(
        "fatal",
        "An id was turned into a number like 1.23E+09: a spreadsheet has saved "
        "this file.",
        "Use the export itself; never open and save it in a spreadsheet.",
    ),
    "excel_number": Message(
        "error",
        "A number was shortened to a form like 1.23E+09: a spreadsheet has saved "
        "this file.",
        "Use the export itself; never open and save it in a spreadsheet.",
    ),
    "duplicate": Message(
        "error", "The same id stands in another row with other values.", _FIX_ROW
    ),
    "duplicate_same": Message(
        "warning", "The same row is there twice; one is used.", _FIX_ROW
    ),
    "bad_date": Message(
        "error", "Not a date like 2026-08-31 (found the form %(shape)s).", _FIX_ROW
    ),
    "bad_year": Message(
        "error",
        "Not a school year like 2027 or 2026-2027 (found the form %(shape)s).",
        _FIX_ROW,
    ),
    "bad_boolean": Message(
        "error", "Neither true nor false (found the form %(shape)s).", _FIX_ROW
    ),
    "unknown_value": Message(
        "error", "The value is not in the list (found the form %(shape)s).", _FIX_ROW
    ),
    "dates_reversed": Message("error", "It ends before it begins.", _FIX_ROW),
    "unknown_role": Message(
        "warning", "The role is not known and left out (form %(shape)s).", _FIX_ROW
    ),
    "unknown_grade": Message(
        "warning",
        "A grade is not known (found the form %(shape)s).",
        "Add it to the grade map of this source.",
    ),
    "ambiguous_grade": Message(
        "warning",
        "Grade -1 is taken as %(grade)s; some systems mean another.",
        "Set it in the grade map of this source.",
    ),
    "year_corrected": Message(
        "warning",
        "schoolYear is the year in which it begins; taken as %(year)s.",
        "OneRoster names a school year by the year in which it ends.",
    ),
    "ssn_dropped": Message(
        "warning",
        "A value that looks like a social security number was dropped.",
        "Do not send it.",
    ),
    "baseline_damaged": Message(
        "fatal",
        "What was kept of the last roster cannot be read.",
        "Send a complete roster (bulk) once.",
    ),
    # references
    "reference_missing": Message(
        "error", "It refers to a %(kind)s that is not in this roster.", _FIX_ROW
    ),
    "reference_dropped": Message(
        "warning",
        "It refers to a %(kind)s that is not in this roster; the row is used without.",
        _FIX_ROW,
    ),
    "parent_set_aside": Message(
        "error",
        "It belongs to a %(kind)s whose own row was set aside.",
        "Correct that row first.",
    ),
    "parent_removed": Message(
        "warning", "It belongs to a %(kind)s that is being removed.", ""
    ),
    "person_without_role": Message(
        "error", "The person has no role at any school.", _FIX_ROW
    ),
    "student_without_school": Message(
        "warning", "The student is in no school.", "Add the school to the student."
    ),
    "role_mismatch": Message(
        "error", "The role in the class does not fit the person's role.", _FIX_ROW
    ),
    "school_mismatch": Message(
        "warning", "The school is not the class's; the class's is used.", _FIX_ROW
    ),
    "agent_not_guardian": Message(
        "warning",
        "The linked person is no parent, guardian or relative; no link is made.",
        _FIX_ROW,
    ),
    "same_state_id": Message(
        "warning",
        "Another person has the same state student id.",
        "Decide whether they are one person.",
    ),
    "no_school_year": Message(
        "warning",
        "No school year is known, so nobody is placed in a school.",
        "Include academicSessions.csv in the export.",
    ),
    "school_not_selected": Message(
        "note",
        "A school that is not selected for this source: %(count)s records left out.",
        "Select the school if it belongs here.",
    ),
    "adult_demographics": Message(
        "note", "Demographics of adults are not kept.", "Leave them out of the export."
    ),
}
