"""The one table of English problem texts.

``_`` only marks a text, so that Odoo's export finds it; the Odoo layer translates by
code: ``env._(MESSAGES[code].message) % problem.params``. Parameters hold names of
files, columns and kinds, counts, and shapes of values only.
"""

from typing import NamedTuple


class Message(NamedTuple):
    """Severity, what is wrong, what to do."""

    severity: str
    message: str
    remedy: str


def _(text: str) -> str:
    return text


_AGAIN = _("Export again from the student information system.")
_FIX_ROW = _("Correct the record in the student information system.")

MESSAGES: dict[str, Message] = {
    # the archive
    "not_found": Message(
        "fatal", _("There is no such file or folder."), _("Check the path.")
    ),
    "older_than_last": Message(
        "fatal",
        _("The file is of an earlier day than the last one applied (%(last)s)."),
        _("Import the newest file. What an older one says is history already."),
    ),
    "unexpected": Message(
        "fatal",
        _("It could not be read, for a reason that nobody has thought of (%(error)s)."),
        _("Ask for help; the server's log says where it happened."),
    ),
    "known_elsewhere": Message(
        "fatal",
        _("Most of its students came through another connection: %(connection)s."),
        _("Choose that connection; a second one would make every child twice."),
    ),
    "other_system": Message(
        "fatal",
        _(
            "None of its schools is known to this connection: "
            "it is another system's file."
        ),
        _("Choose the connection that the file belongs to, or make a new one."),
    ),
    "cannot_open": Message(
        "fatal", _("The file cannot be opened."), _("Check who may read it.")
    ),
    "zip_damaged": Message(
        "fatal",
        _("The zip file is damaged or was cut off."),
        _("Send it again; wait until the upload is complete before it is read."),
    ),
    "zip_encrypted": Message(
        "fatal", _("The zip file is encrypted."), _("Send it without a zip password.")
    ),
    "path_unsafe": Message(
        "fatal",
        _("A file name in the archive leads outside of it."),
        _("Pack the CSV files at the top of the zip file."),
    ),
    "nested_folders": Message(
        "fatal",
        _("CSV files lie in different folders."),
        _("Pack all CSV files in one folder or at the top of the zip file."),
    ),
    "name_twice": Message(
        "fatal",
        _("This file is there more than once (capital letters do not count)."),
        _("Leave one file of that name."),
    ),
    "too_many_files": Message(
        "fatal",
        _("There are more than %(limit)s files."),
        _("Send only the roster files."),
    ),
    "too_large": Message(
        "fatal",
        _("Unpacked, the files are larger than %(limit)s bytes."),
        _("Send fewer schools at a time, or raise the limit of this source."),
    ),
    "ratio_too_high": Message(
        "fatal",
        _("The file unpacks to more than %(limit)s times its size."),
        _("Raise the limit of this source if this is truly a roster."),
    ),
    "file_ignored": Message("note", _("This file is not read."), ""),
    # text
    "not_utf8": Message(
        "fatal",
        _("Line %(line)s is not UTF-8 text."),
        _(
            "Export as UTF-8. If the system can only write Windows-1252, "
            "set the encoding of this source to that."
        ),
    ),
    "bad_encoding": Message(
        "fatal", _("Line %(line)s is not %(encoding)s text."), _("Export as UTF-8.")
    ),
    "nul_byte": Message(
        "fatal",
        _("Line %(line)s holds a NUL byte: damaged, or UTF-16 without its mark."),
        _("Export as UTF-8."),
    ),
    "csv_syntax": Message(
        "fatal",
        _("The quotes around a value are not closed or not doubled (line %(line)s)."),
        _(
            "The file may have been cut off. Export again from the student "
            "information system."
        ),
    ),
    "wrong_delimiter": Message(
        "fatal",
        _("The columns are not separated by commas."),
        _("Export as CSV with commas; do not save the file from a spreadsheet."),
    ),
    "file_truncated": Message(
        "fatal",
        _(
            "The last row has %(found)s columns, the header has %(expected)s: "
            "the file was cut off."
        ),
        _AGAIN,
    ),
    "maybe_truncated": Message(
        "warning",
        _(
            "The last line has no line end, unlike the other files: it may be cut off. "
            "Nothing is removed because it is not in this file."
        ),
        _AGAIN,
    ),
    "replacement_character": Message(
        "warning",
        _("A letter was lost before the file was sent (U+FFFD)."),
        _("Check the encoding of the export."),
    ),
    "other_encoding": Message("note", _("Read as %(encoding)s."), ""),
    # manifest and files
    "manifest_missing": Message(
        "warning",
        _(
            "There is no manifest.csv; the files are taken as %(mode)s of version "
            "%(version)s."
        ),
        _("Let the student information system export the manifest too."),
    ),
    "manifest_invalid": Message(
        "fatal",
        _("manifest.csv must have the columns propertyName and value."),
        _AGAIN,
    ),
    "manifest_contradiction": Message(
        "fatal", _("manifest.csv gives %(name)s twice, differently."), _AGAIN
    ),
    "version_unknown": Message(
        "fatal",
        _("This version of OneRoster is not known."),
        _("Export as OneRoster 1.1 or 1.2."),
    ),
    "version_missing": Message(
        "warning", _("manifest.csv names no version; taken as %(version)s."), ""
    ),
    "mode_unknown": Message(
        "fatal",
        _("manifest.csv gives %(name)s a value other than absent, bulk or delta."),
        _AGAIN,
    ),
    "file_missing": Message(
        "fatal", _("manifest.csv announces this file, but it is not there."), _AGAIN
    ),
    "file_not_declared": Message(
        "warning",
        _("manifest.csv says that this file is absent; it is not read."),
        _AGAIN,
    ),
    "file_required": Message(
        "fatal",
        _("A complete roster needs this file."),
        _("Include it in the export."),
    ),
    "file_empty": Message(
        "fatal",
        _("A complete roster needs rows in this file, and there are none."),
        _AGAIN,
    ),
    "header_missing": Message(
        "fatal", _("The column is missing."), _("Include it in the export.")
    ),
    "header_twice": Message(
        "fatal", _("The column is there twice."), _("Leave one column of that name.")
    ),
    "header_spelling": Message(
        "note", _("The column is spelt differently in the file; it was understood."), ""
    ),
    "header_unknown": Message("note", _("%(count)s more columns are not read."), ""),
    "dropped_by_policy": Message(
        "note",
        _("The column is not read: secrets, birthplace and citizenship are not kept."),
        _("Leave it out of the export."),
    ),
    # rows
    "row_too_short": Message(
        "error", _("The row has %(found)s columns, the header %(expected)s."), _AGAIN
    ),
    "row_too_long": Message(
        "error",
        _(
            "The row has %(found)s columns, the header %(expected)s: "
            "a comma without quotes?"
        ),
        _AGAIN,
    ),
    "extra_cells": Message("note", _("The row ends in empty extra columns."), ""),
    "value_missing": Message("error", _("The value is missing."), _FIX_ROW),
    "id_missing": Message(
        "error",
        _(
            "The row has no id, so it cannot be told whose it is. "
            "Nothing of this file is removed for being absent."
        ),
        _FIX_ROW,
    ),
    "id_invalid": Message(
        "error",
        _("The id is too long or holds characters that cannot be shown."),
        _FIX_ROW,
    ),
    "excel_id": Message(
        "fatal",
        _(
            "An id was turned into a number like 1.23E+09: a spreadsheet has saved "
            "this file."
        ),
        _("Use the export itself; never open and save it in a spreadsheet."),
    ),
    "excel_number": Message(
        "error",
        _(
            "A number was shortened to a form like 1.23E+09: a spreadsheet has saved "
            "this file."
        ),
        _("Use the export itself; never open and save it in a spreadsheet."),
    ),
    "duplicate": Message(
        "error", _("The same id stands in another row with other values."), _FIX_ROW
    ),
    "duplicate_same": Message(
        "warning", _("The same row is there twice; one is used."), _FIX_ROW
    ),
    "bad_date": Message(
        "error", _("Not a date like 2026-08-31 (found the form %(shape)s)."), _FIX_ROW
    ),
    "bad_year": Message(
        "error",
        _("Not a school year like 2027 or 2026-2027 (found the form %(shape)s)."),
        _FIX_ROW,
    ),
    "bad_boolean": Message(
        "error", _("Neither true nor false (found the form %(shape)s)."), _FIX_ROW
    ),
    "unknown_value": Message(
        "error", _("The value is not in the list (found the form %(shape)s)."), _FIX_ROW
    ),
    "dates_reversed": Message("error", _("It ends before it begins."), _FIX_ROW),
    "unknown_role": Message(
        "warning", _("The role is not known and left out (form %(shape)s)."), _FIX_ROW
    ),
    "unknown_grade": Message(
        "warning",
        _("A grade is not known (found the form %(shape)s)."),
        _("Add it to the grade map of this source."),
    ),
    "ambiguous_grade": Message(
        "warning",
        _("Grade -1 is taken as %(grade)s; some systems mean another."),
        _("Set it in the grade map of this source."),
    ),
    "year_corrected": Message(
        "warning",
        _("schoolYear is the year in which it begins; taken as %(year)s."),
        _("OneRoster names a school year by the year in which it ends."),
    ),
    "ssn_dropped": Message(
        "warning",
        _("A value that looks like a social security number was dropped."),
        _("Do not send it."),
    ),
    "baseline_damaged": Message(
        "fatal",
        _("What was kept of the last roster cannot be read."),
        _("Send a complete roster (bulk) once."),
    ),
    # references
    "reference_missing": Message(
        "error", _("It refers to a %(kind)s that is not in this roster."), _FIX_ROW
    ),
    "reference_dropped": Message(
        "warning",
        _(
            "It refers to a %(kind)s that is not in this roster; "
            "the row is used without it."
        ),
        _FIX_ROW,
    ),
    "parent_set_aside": Message(
        "error",
        _("It belongs to a %(kind)s whose own row was set aside."),
        _("Correct that row first."),
    ),
    "parent_removed": Message(
        "warning", _("It belongs to a %(kind)s that is being removed."), ""
    ),
    "person_without_role": Message(
        "error", _("The person has no role at any school."), _FIX_ROW
    ),
    "student_without_school": Message(
        "warning",
        _("The student is in no school."),
        _("Add the school to the student."),
    ),
    "role_mismatch": Message(
        "error", _("The role in the class does not fit the person's role."), _FIX_ROW
    ),
    "school_mismatch": Message(
        "warning", _("The school is not the class's; the class's is used."), _FIX_ROW
    ),
    "agent_not_guardian": Message(
        "warning",
        _("The linked person is no parent, guardian or relative; no link is made."),
        _FIX_ROW,
    ),
    "no_families": Message(
        "note",
        _("It says of no student who the family is. The links that are known stay."),
        _("Ask the system's administrator to share parents and guardians."),
    ),
    "same_state_id": Message(
        "warning",
        _("Another person has the same state student id."),
        _("Decide whether they are one person."),
    ),
    "no_school_year": Message(
        "warning",
        _("No school year is known, so nobody is placed in a school."),
        _("Include academicSessions.csv in the export."),
    ),
    "school_not_selected": Message(
        "note",
        _("A school that is not selected for this source: %(count)s records left out."),
        _("Select the school if it belongs here."),
    ),
    "adult_demographics": Message(
        "note",
        _("Demographics of adults are not kept."),
        _("Leave them out of the export."),
    ),
    # the network
    "net_not_https": Message(
        "fatal",
        _("The address does not begin with https://."),
        _(
            "Use https. A host inside the district's network can be allowed "
            "by the administrator of the server."
        ),
    ),
    "net_private_address": Message(
        "fatal",
        _("The address leads into a private network."),
        _("Check the address, or have the administrator of the server allow the host."),
    ),
    "net_credentials_in_url": Message(
        "fatal",
        _("The address holds a user name or password."),
        _("Put them into the fields for them."),
    ),
    "net_other_host": Message(
        "fatal",
        _("The system sent us to another host; no credentials are sent there."),
        _("Check the base address with the vendor."),
    ),
    "net_bad_address": Message(
        "fatal", _("The address is not complete."), _("Copy it again from the vendor.")
    ),
    "net_unknown_host": Message(
        "fatal",
        _("There is no host of this name."),
        _("Check the address for a misspelling."),
    ),
    "net_unreachable": Message(
        "fatal",
        _("The host does not answer."),
        _("Check the address and the district's firewall; it is tried again."),
    ),
    "net_timeout": Message(
        "fatal",
        _("The host takes too long to answer."),
        _("Try again off-peak; ask the vendor if it stays so."),
    ),
    "net_cut_off": Message(
        "fatal",
        _("The answer broke off."),
        _("It is tried again; ask the vendor if it stays so."),
    ),
    "net_certificate": Message(
        "fatal",
        _("The host's certificate is not valid."),
        _("Have the vendor renew it; without it nobody knows who answers."),
    ),
    "net_redirect": Message(
        "fatal",
        _("The system sends us to another page: maintenance, or a moved address."),
        _("Try again later, then check the address with the vendor."),
    ),
    "net_html": Message(
        "fatal",
        _("A web page came instead of data: maintenance, or a login page."),
        _("Try again later, then check the address with the vendor."),
    ),
    "net_json": Message(
        "fatal",
        _("The answer is no JSON, or was cut off."),
        _("Try again later, then tell the vendor."),
    ),
    "net_too_large": Message(
        "fatal", _("An answer is too large."), _("Ask for fewer rows a page.")
    ),
    "net_bad_request": Message(
        "fatal",
        _("The system does not accept the question (HTTP %(status)s)."),
        _("Check address, profile and version of the connection."),
    ),
    "net_unauthorized": Message(
        "fatal",
        _("The system does not accept our credentials (HTTP 401)."),
        _("Enter them anew; they may have been revoked or have ended."),
    ),
    "net_forbidden": Message(
        "fatal",
        _("The system does not let us see this (HTTP 403)."),
        _("Have the district's administrator grant it to this application."),
    ),
    "net_not_found": Message(
        "fatal",
        _("There is nothing at this address (HTTP 404)."),
        _("Check the base address, and that the module is licensed."),
    ),
    "net_not_offered": Message(
        "fatal",
        _("The system does not offer this (HTTP 501)."),
        _("Ask the vendor to switch it on."),
    ),
    "net_busy": Message(
        "fatal",
        _("The system asks us to wait longer than a run may wait."),
        _("The next run tries again; choose an hour with less load."),
    ),
    "net_server_error": Message(
        "fatal",
        _("The system had an error of its own (HTTP %(status)s)."),
        _("Try again later, then tell the vendor."),
    ),
    "token_refused": Message(
        "fatal",
        _("No token was given for our credentials (HTTP %(status)s)."),
        _("Check id, secret, scope and token address; they may have ended."),
    ),
    "token_missing": Message(
        "fatal",
        _("The token address answered without a token."),
        _("Check the token address with the vendor."),
    ),
    "secret_locked": Message(
        "fatal",
        _("The secret cannot be opened on this server: its key file is missing."),
        _("Enter the secret again, or bring back the key file."),
    ),
    # reading pages
    "envelope_missing": Message(
        "fatal",
        _("The answer holds no “%(key)s”."),
        _("Check the base address and version with the vendor."),
    ),
    "count_mismatch": Message(
        "warning",
        _("%(found)s rows came, %(announced)s were announced; nothing is removed."),
        _("The next run reads again; tell the vendor if it stays so."),
    ),
    "year_over": Message(
        "fatal",
        _("Every school year that it names has ended: is it set to an old year?"),
        _("Set the current year for this application in the information system."),
    ),
    "page_loop": Message(
        "fatal",
        _("The pages of the answer do not end."),
        _("Tell the vendor; the address of the next page repeats."),
    ),
    "resource_missing": Message(
        "warning",
        _("The system does not give this (HTTP %(status)s); what is known stays."),
        _("Have the district's administrator grant it, if it is needed."),
    ),
    "page_unstable": Message(
        "fatal",
        _("The list changes while it is read."),
        _("Choose an hour when nobody works in the system."),
    ),
    "wrong_year": Message(
        "fatal",
        _("The system answers for the year %(found)s, not for %(asked)s."),
        _("Set the year of the connection, or wait until the system has opened it."),
    ),
    "frozen": Message(
        "warning",
        _("The district is paused or its sync failed there; nothing is removed."),
        _("Have the district resume it at the vendor; until then data are old."),
    ),
    "legal_alert": Message(
        "warning",
        _("The student has a legal alert in the system; its text is not copied."),
        _("Read it there, and set court limits on the student's adults."),
    ),
    "programs_not_kept": Message(
        "note",
        _("Meals, special education and language programs are not kept on rosters."),
        "",
    ),
    "setting_missing": Message(
        "fatal",
        _("The connection has no %(setting)s."),
        _("Fill it in on the district system's form."),
    ),
    # files that are fetched
    "nothing_new": Message("note", _("This file was read already."), ""),
    "folder_not_allowed": Message(
        "fatal",
        _("This folder of the server is not among those that may be read."),
        _("Have the administrator of the server allow it, or use SFTP."),
    ),
    "inbox_empty": Message(
        "fatal",
        _("There is no file of the form %(pattern)s."),
        _("Check the folder, the name, and whether the export has run."),
    ),
    "still_arriving": Message(
        "fatal",
        _("The file is still being written."),
        _("The next run reads it, once it is whole."),
    ),
    "download_too_large": Message(
        "fatal",
        _("The file is larger than %(limit)s bytes."),
        _("Have the roster files alone exported, zipped."),
    ),
    "host_key_missing": Message(
        "fatal",
        _("The server shows the key %(shown)s, and none is known for it."),
        _(
            "Compare it with the fingerprint that the server's administrator gives "
            "you, then enter it."
        ),
    ),
    "host_key_changed": Message(
        "fatal",
        _("The server shows another key than the one known: %(shown)s."),
        _(
            "Nothing was sent. Ask the server's administrator whether the key was "
            "changed; if not, somebody else is answering."
        ),
    ),
    "sftp_refused": Message(
        "fatal",
        _("The server does not let us in."),
        _("Check the user and its password or private key."),
    ),
    "key_locked": Message(
        "fatal",
        _("The private key is protected by a passphrase."),
        _("Make a key without one for this server alone."),
    ),
    "key_unreadable": Message(
        "fatal",
        _("The private key cannot be read."),
        _("Enter it as OpenSSH or PEM text: Ed25519, ECDSA or RSA."),
    ),
    "other_dialect": Message(
        "fatal",
        _("These are no files of %(expected)s; they look like those of %(found)s."),
        _("Choose that kind of system, or send the right files."),
    ),
    "date_format_needed": Message(
        "fatal",
        _("The dates have the form %(shape)s, and it is not set which part is what."),
        _("Set the date format of this source."),
    ),
    "rows_differ": Message(
        "warning",
        _("Rows with the same id say different things; the first one is used."),
        _FIX_ROW,
    ),
    "relation_not_family": Message(
        "note",
        _("%(count)s contacts are neither parent, guardian nor relative; left out."),
        "",
    ),
    # mappings made by a person
    "mapping_empty": Message(
        "fatal",
        _("Nothing is mapped yet."),
        _("Add a mapping, or start from a template."),
    ),
    "mapping_mixed": Message(
        "fatal",
        _("The mappings read from different sorts of sources: %(found)s."),
        _("Let one district system read files, an API, or a database."),
    ),
    "mapping_table_missing": Message(
        "fatal",
        _("No mapping fills %(table)s."),
        _("Add one; a fixed row will do for the district and the school year."),
    ),
    "mapping_column_missing": Message(
        "fatal",
        _("The column must be filled, and nothing is mapped to it."),
        _("Say where it comes from."),
    ),
    "mapping_column_unknown": Message(
        "fatal",
        _("There is no such column to be filled."),
        _("Choose one of the listed columns."),
    ),
    "mapping_expression": Message(
        "fatal",
        _("“%(text)s” cannot be understood."),
        _("Check brackets, quotes and spelling."),
    ),
    "mapping_source_unknown": Message(
        "fatal",
        _("The source has no column “%(name)s”."),
        _("Check the spelling; “Test on a Sample” shows what the source sends."),
    ),
    "mapping_source_missing": Message(
        "fatal",
        _("It is not said where the rows come from."),
        _("Enter the file, the path or the query."),
    ),
    "query_unsafe": Message(
        "fatal",
        _("The query is not a single SELECT statement that only reads."),
        _("Write one SELECT; nothing that changes or locks, and no semicolons."),
    ),
    "sql_refused": Message(
        "fatal",
        _("The database does not let us in."),
        _("Check user, password and the name of the database."),
    ),
    "sql_failed": Message(
        "fatal",
        _("The database does not accept the query."),
        _("Try it in the database's own tool: names, rights, spelling."),
    ),
    "sql_timeout": Message(
        "fatal",
        _("The query takes longer than %(seconds)s seconds."),
        _("Ask for fewer columns, or have a view prepared."),
    ),
    # calendars
    "cal_no_source": Message(
        "fatal",
        _("There is neither an address nor a file to read."),
        _("Enter the calendar's address, or choose a file."),
    ),
    "cal_empty": Message(
        "fatal",
        _("The calendar is empty: not even its first line is there."),
        _("Check the address, or export the file again."),
    ),
    "cal_html": Message(
        "fatal",
        _("A web page came instead of a calendar, perhaps a login page."),
        _(
            "Use the calendar's iCal address. It must open without a login, and ends "
            "in .ics most often."
        ),
    ),
    "cal_not_ical": Message(
        "fatal",
        _("This is no iCalendar file: it does not begin with BEGIN:VCALENDAR."),
        _("Export the calendar as iCalendar (.ics)."),
    ),
    "cal_cut_off": Message(
        "fatal",
        _("The calendar was cut off: its last line, END:VCALENDAR, is missing."),
        _("Read it again; export the file again if it stays so."),
    ),
    "cal_damaged": Message(
        "fatal",
        _("The calendar has lines that cannot be read."),
        _("Export it again, or tell who publishes it."),
    ),
    "cal_too_large": Message(
        "fatal",
        _("The calendar is larger than %(most)s MB."),
        _("Publish a calendar that holds school days only."),
    ),
    "cal_too_many": Message(
        "fatal",
        _("The calendar has more than %(most)s events in the school year."),
        _("Publish a calendar that holds school days only."),
    ),
    "cal_no_year": Message(
        "fatal",
        _("There is no school year that is current or to come."),
        _("Create the school year first, then read the calendar again."),
    ),
    "cal_no_events": Message(
        "fatal",
        _("The calendar has no event in the school year; nothing was changed."),
        _("It may be last year's calendar: ask for the address or file of this year."),
    ),
    "cal_year_empty": Message(
        "note",
        _("The calendar has no event in %(year)s; its days stay as they are."),
        "",
    ),
    "cal_event_dates": Message(
        "warning",
        _("An event's dates or its repetition cannot be understood; it is left out."),
        _("Correct the event in the calendar it comes from."),
    ),
    "cal_event_too_often": Message(
        "warning",
        _("An event repeats more than once a day; it is left out."),
        _("Correct the event in the calendar it comes from."),
    ),
    "cal_zone_unknown": Message(
        "warning",
        _("An event names a time zone that is not known; the district's was taken."),
        _("Check that the event is on the right date."),
    ),
    "cal_uid_twice": Message(
        "warning",
        _("%(count)s events of different dates have the same id; all were used."),
        _("Tell who publishes the calendar."),
    ),
    "cal_utc_days": Message(
        "note",
        _("An event from midnight to midnight of world time was taken as whole days."),
        "",
    ),
}

# The steps of a connection test, in the words of the person who looks at it.
STEPS: dict[str, str] = {
    "settings": _("Address and credentials are filled in"),
    "reach": _("The system answers"),
    "token": _("It accepts our credentials"),
    "year": _("It answers for the right school year"),
    "schools": _("Schools can be read"),
    "people": _("Students can be read"),
    "classes": _("Classes can be read"),
    "families": _("Families can be read"),
    "folder": _("The folder can be opened"),
    "file": _("A complete file is there"),
    "mapping": _("The mapping is complete"),
}
