"""The custom adapter: CSV, JSON and SQL sources that a person has mapped."""

import io
import json
import os
import sqlite3

import psycopg2
import pytest
from werkzeug.wrappers import Request, Response

from odoo.addons.harvest_district.sis import RosterError, build_snapshot
from odoo.addons.harvest_district.sis.adapters import ADAPTERS
from odoo.addons.harvest_district.sis.adapters.custom import CustomSource
from odoo.addons.harvest_district.sis.mapping import (
    Mapper,
    check,
    check_all,
    columns_of,
    load,
    parse_values,
)
from odoo.addons.harvest_district.sis.net import Net, NetPolicy
from odoo.addons.harvest_district.sis.source import Settings
from odoo.addons.harvest_district.sis.sql_rows import SqlRows, check_query
from odoo.addons.harvest_district.sis.templates import TEMPLATES

from ..doubles.district import make_district
from ..doubles.postgres import PostgresDouble
from ..doubles.server import Double
from .rosters import AS_OF, hashes, ids, payload, snapshot, to_zip, write_csv

POLICY = NetPolicy(
    connect_timeout=5,
    read_timeout=5,
    attempts=1,
    trusted_hosts=frozenset({"127.0.0.1", "localhost"}),
)
FIXED = {"kind": "fixed"}


def field(column: str, source: str, kind: str = "column", **more):
    return {"column": column, "kind": kind, "source": source, **more}


def constants(**values: str):
    return [field(column, value, "constant") for column, value in values.items()]


def source(mapping, **settings) -> CustomSource:
    extra = {"mapping": mapping, "settle": 0, "folders": [settings.get("path", "")]}
    extra |= settings.pop("extra", {})
    made = Settings("custom", extra=extra, as_of=AS_OF, **settings)
    net = Net(made.base_url, policy=POLICY, sleep=lambda seconds: None)
    found = ADAPTERS["custom"](made, net)
    assert isinstance(found, CustomSource)
    return found


def refused(call) -> RosterError:
    with pytest.raises(RosterError) as caught:
        call()
    return caught.value


# THE SAME DISTRICT, MAPPED BY HAND


def identity(kind: str, origin) -> list[dict]:
    """Every column of the district from a column of the same name."""
    return [
        {
            "table": table,
            "origin": {"kind": kind, **origin(table)},
            "fields": [field(column, column) for column in _columns(rows)],
        }
        for table, rows in make_district().items()
    ]


def _columns(rows) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def district_csv(**how) -> dict[str, bytes]:
    return {
        f"{table}_export.csv": write_csv(
            _columns(rows), rows, restval="", **how
        ).encode()
        for table, rows in make_district().items()
    }


def test_mapped_csv_is_the_csv_snapshot():
    mapping = identity("csv", lambda table: {"name": f"{table}_export.csv"})
    roster = source(mapping).read(to_zip(district_csv()))
    shot = build_snapshot(roster, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(make_district()))
    assert shot.complete == snapshot(make_district()).complete


def test_other_delimiters_are_read():
    mapping = identity(
        "csv", lambda table: {"name": f"{table}_export", "delimiter": ";"}
    )
    files = district_csv(delimiter=";")
    shot = build_snapshot(source(mapping).read(to_zip(files)), as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(make_district()))


def test_a_folder_of_mapped_files_is_read_once(tmp_path):
    for name, data in district_csv().items():
        (tmp_path / name).write_bytes(data)
    mapping = identity("csv", lambda table: {"name": f"{table}_export"})
    found = source(mapping, path=str(tmp_path)).pull()
    assert len(found.roster.orgs) == 4
    again = refused(lambda: source(mapping, path=str(tmp_path)).pull(found.cursor))
    assert again.code == "nothing_new"


def interface(tables):
    """A JSON interface that knows every way of paging."""

    def app(request: Request) -> Response:
        rows = tables[request.path.strip("/").rpartition("/")[2]]
        size = min(int(request.args.get("size", 40)), 40)
        start = int(request.args.get("offset", 0) or request.args.get("after", 0))
        if "page" in request.args:
            start = (int(request.args["page"]) - 1) * size
        page = rows[start : start + size]
        follows = start + size if start + size < len(rows) else None
        answer = {"data": {"rows": page}, "total": len(rows), "after": follows}
        headers = {}
        if follows:
            headers["Link"] = f'<{request.path}?offset={follows}>; rel="next"'
        body = json.dumps(rows if "flat" in request.path else answer)
        return Response(body, mimetype="application/json", headers=headers)

    return app


PAGINGS = {
    "offset": {"paging": "offset", "page_param": "offset", "size_param": "size"},
    "page": {"paging": "page", "page_param": "page"},
    "cursor": {"paging": "cursor", "page_param": "after", "next": "after"},
    "link": {"paging": "link"},
}


@pytest.mark.parametrize("paging", PAGINGS)
def test_mapped_json_is_the_csv_snapshot(paging):
    how = {**PAGINGS[paging], "size": 1000, "items": "data.rows", "total": "total"}
    mapping = identity("json", lambda table: {"name": f"v1/{table}", **how})
    with Double(interface(make_district())) as double:
        made = source(
            mapping,
            base_url=double.url,
            secret="t0ken",
            extra={"auth": {"kind": "bearer"}},
        )
        pulled = made.pull()
        assert {seen.headers["Authorization"] for seen in double.seen} == {
            "Bearer t0ken"
        }
    shot = build_snapshot(pulled.roster, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(make_district()))
    assert shot.complete == snapshot(make_district()).complete
    assert pulled.requests == len(double.seen)


def test_an_answer_that_is_a_list_needs_no_envelope():
    mapping = identity("json", lambda table: {"name": f"flat/{table}"})
    with Double(interface(make_district())) as double:
        roster = source(mapping, base_url=double.url).pull().roster
    assert len(roster.persons) == len(make_district()["users"])


def load_tables(connection, style: str) -> None:
    with connection:
        cursor = connection.cursor()
        if style == "%s":
            cursor.execute("CREATE SEQUENCE numbers")
        for table, rows in make_district().items():
            columns = _columns(rows)
            names = ", ".join(f'"{c}" text' for c in columns)
            cursor.execute(f'CREATE TABLE "sis_{table}" ({names})')
            marks = ", ".join([style] * len(columns))
            cursor.executemany(
                f'INSERT INTO "sis_{table}" VALUES ({marks})',
                [[row.get(c) for c in columns] for row in rows],
            )


@pytest.fixture
def sqlite(tmp_path):
    path = tmp_path / "sis.sqlite"
    connection = sqlite3.connect(path)
    load_tables(connection, "?")
    connection.close()
    return str(path)


def selected(table: str) -> dict[str, str]:
    return {"name": f'SELECT * FROM "sis_{table}"'}


def test_a_mapped_database_file_is_the_csv_snapshot(sqlite):
    mapping = identity("sql", selected)
    pulled = source(mapping, base_url="sqlite://", path=sqlite).pull()
    shot = build_snapshot(pulled.roster, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(make_district()))


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A PostgreSQL server on loopback with the district in it."""
    with PostgresDouble(tmp_path_factory.mktemp("pg")) as server:
        connection = psycopg2.connect(server.dsn)
        load_tables(connection, "%s")
        connection.close()
        yield server


def postgres_source(server, mapping, **settings):
    login = {"client_id": server.user, "secret": server.password, **settings}
    return source(mapping, base_url=server.url, **login)


def test_a_mapped_database_server_is_the_csv_snapshot(postgres):
    made = postgres_source(postgres, identity("sql", selected))
    assert [step.problem for step in made.check()] == [None] * 4
    shot = build_snapshot(made.pull().roster, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(make_district()))


# ONE FILE, ONE ROW A STUDENT

STUDENTS = """\
School Code,School,Student ID,First,Last,Grade,DOB,Sex,SSID,Status,Mother,Mother Email
7,Ocotillo,00123,Zoë,Peña,K,8/31/2020,F,9100000001,A,Ana Peña,ana@example.com
7,Ocotillo,00124,Mateo,Peña,1,9/1/2019,M,9100000002,A,Ana Peña,ana@example.com
8,Palo Verde,00125,Liam,Yazzie,2,1/5/2018,X,9100000003,A,,
8,Palo Verde,00126,Gone,Away,3,1/5/2018,F,9100000004,I,,
"""
CSV = {"kind": "csv", "name": "students.csv"}
YEAR = {"startDate": "2026-08-12", "endDate": "2027-06-03", "schoolYear": "2027"}


def student_mapping() -> list[dict]:
    return [
        {
            "table": "orgs",
            "label": "District",
            "origin": FIXED,
            "fields": constants(sourcedId="D", name="District", type="district"),
        },
        {
            "table": "orgs",
            "label": "Schools",
            "origin": CSV,
            "fields": [
                field("sourcedId", "School Code"),
                field("name", "School"),
                *constants(type="school", parentSourcedId="D"),
            ],
        },
        {
            "table": "academicSessions",
            "label": "Year",
            "origin": FIXED,
            "fields": constants(sourcedId="Y", title="2027", type="schoolYear", **YEAR),
        },
        {
            "table": "users",
            "label": "Students",
            "origin": CSV,
            "filters": ["Status = a"],
            "fields": [
                field("sourcedId", "Student ID"),
                field("identifier", "Student ID"),
                field("givenName", "first"),
                field("familyName", "LAST"),
                field("orgSourcedIds", "School Code"),
                field("grades", "Grade", values={"k": "KG"}),
                field("userMasterIdentifier", "SSID"),
                field("agentSourcedIds", "p-{Mother Email}", "template"),
                *constants(role="student"),
            ],
        },
        {
            "table": "users",
            "label": "Parents",
            "origin": CSV,
            "filters": ["Status = A", "Mother Email is not empty"],
            "fields": [
                field("sourcedId", "p-{Mother Email}", "template"),
                field("givenName", "Mother"),
                field("familyName", "Last"),
                field("email", "Mother Email"),
                field("orgSourcedIds", "School Code"),
                *constants(role="parent"),
            ],
        },
        {
            "table": "demographics",
            "label": "Birth dates",
            "origin": CSV,
            "filters": ["Status = A"],
            "fields": [
                field("sourcedId", "Student ID"),
                field("birthDate", "DOB", date="mdy"),
                field("sex", "Sex", values={"f": "female", "m": "male"}),
            ],
        },
    ]


def read_students(mapping=None, text: str = STUDENTS, **settings):
    made = source(mapping or student_mapping(), **settings)
    return build_snapshot(made.read(io.BytesIO(text.encode())), as_of=AS_OF)


def test_one_file_makes_students_parents_schools():
    shot = read_students()
    assert ids(shot, "student") == {"00123", "00124", "00125"}
    assert ids(shot, "guardianship") == {
        "00123|p-ana@example.com",
        "00124|p-ana@example.com",
    }
    assert ids(shot, "org") == {"D", "7", "8"}
    zoe = payload(shot, "student", "00123")
    assert (zoe["grade"], zoe["ssid"]) == ("KG", "9100000001")
    born = payload(shot, "demographics", "00123")
    assert (born["birthdate"], born["sex"]) == ("2020-08-31", "female")
    assert payload(shot, "demographics", "00125")["sex"] == "other"
    assert {"student", "guardianship", "school_enrollment"} <= shot.complete
    assert "unknown_value" not in shot.problems.codes()


def test_its_gaps_are_what_nobody_mapped():
    gaps = source(student_mapping()).gaps
    assert {"classes", "enrollments", "users.phone", "orgs.identifier"} <= gaps
    assert "users.grades" not in gaps and "users" not in gaps


def test_dates_without_a_format_refuse_the_file():
    mapping = student_mapping()
    del mapping[-1]["fields"][1]["date"]
    error = refused(lambda: read_students(mapping))
    assert error.code == "date_format_needed"
    assert (error.file, error.column) == ("Birth dates", "birthDate")
    assert error.problem.params["shape"] == "9/99/9999"


def test_a_date_of_another_form_costs_its_row_alone():
    shot = read_students(text=STUDENTS.replace("9/1/2019", "13/13/2019"))
    assert ids(shot, "demographics") == {"00123", "00125"}
    assert "bad_date" in shot.problems.codes()


def test_a_column_that_is_not_there_is_named():
    error = refused(lambda: read_students(text=STUDENTS.replace("SSID", "State")))
    assert (error.code, error.column) == ("header_missing", "SSID")


def test_a_row_of_a_wrong_width_forbids_removals():
    shot = read_students(text=STUDENTS.replace(",M,9100000002", ",M"))
    assert "row_too_short" in shot.problems.codes()
    assert "student" not in shot.complete


def test_a_parent_of_two_columns_is_two_links():
    mapping = student_mapping()
    mapping[3]["fields"].append(field("agentSourcedIds", "q-{Student ID}", "template"))
    made = source(mapping)
    roster = made.read(io.BytesIO(STUDENTS.encode()))
    assert roster.persons["00123"].agents == ("p-ana@example.com", "q-00123")
    assert roster.persons["00125"].agents == ("q-00125",)


def test_rows_of_one_person_are_joined():
    text = STUDENTS.replace("7,Ocotillo,00124", "8,Palo Verde,00124")
    made = source(student_mapping())
    roster = made.read(io.BytesIO(text.encode()))
    mother = roster.persons["p-ana@example.com"]
    assert {role.org_id for role in mother.roles} == {"7", "8"}
    assert "rows_differ" not in roster.problems.codes()
    other = text.replace("M,9100000002,A,Ana Peña", "M,9100000002,A,Ana Paula")
    roster = source(student_mapping()).read(io.BytesIO(other.encode()))
    assert "rows_differ" in roster.problems.codes()
    assert roster.persons["p-ana@example.com"].given_name == "Ana Peña"


# CHECKING


def change(index: int, **values):
    mapping = student_mapping()
    mapping[index] = {**mapping[index], **values}
    return mapping


@pytest.mark.parametrize(
    ("mapping", "code", "place"),
    [
        ([], "mapping_empty", ""),
        (student_mapping()[:2], "mapping_table_missing", ""),
        (change(3, fields=[]), "mapping_column_missing", "Students"),
        (change(1, fields=constants(colour="red")), "mapping_column_unknown", ""),
        (change(3, origin={"kind": "csv"}), "mapping_source_missing", "Students"),
        (change(3, filters=["Status"]), "mapping_expression", "Students"),
        (
            change(3, origin={"kind": "json", "name": "x", "items": "a["}),
            "mapping_expression",
            "Students",
        ),
        (
            change(3, origin={"kind": "sql", "name": "SELECT 1"}),
            "mapping_mixed",
            "",
        ),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told(mapping, code, place):
    found = [p for p in check_all(load(mapping)) if p.code == code]
    assert found and (not place or place in {p.file for p in found})
    step = next(iter(source(mapping).check()))
    assert step.code == "mapping" and step.problem


def test_a_good_mapping_has_no_problems():
    assert not check_all(load(student_mapping()))
    assert not check(load(student_mapping())[0])


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("A = x", True),
        ("A=X", True),
        ("A != x", False),
        ("A in w, x", True),
        ("A not in w, x", False),
        ("A is empty", False),
        ("A is not empty", True),
        ("B is empty", True),
        ("A Name = y z", True),
        ("Grade in 1", False),
    ],
)
def test_filters(text, taken):
    [mapping] = load(
        [{"table": "orgs", "origin": CSV, "fields": [], "filters": [text]}]
    )
    row = {"A": "X", "B": "", "A Name": "y z", "Grade": "11"}
    assert Mapper(mapping).takes(row) is taken


def test_value_maps_are_lines():
    assert parse_values("M = male\n\nF=female\n") == {"m": "male", "f": "female"}
    assert refused(lambda: parse_values("M male")).code == "mapping_expression"


def test_lists_and_nested_json_are_mapped():
    [mapping] = load(
        [
            {
                "table": "users",
                "origin": {"kind": "json", "name": "x"},
                "fields": [
                    field("sourcedId", "id"),
                    field("givenName", "name.first"),
                    field("grades", "grades[].code", values={"0": "KG"}),
                    field("username", "{name.first}.{id}", "template"),
                    field("phone", "phones[?kind=='home'] | [0].number"),
                ],
            }
        ]
    )
    row = {
        "id": 7,
        "name": {"first": "Zoë"},
        "grades": [{"code": 0}, {"code": 1}],
        "phones": [{"kind": "cell", "number": "1"}, {"kind": "home", "number": "2"}],
    }
    assert Mapper(mapping).map(row) == {
        "sourcedId": "7",
        "givenName": "Zoë",
        "grades": "KG,1",
        "username": "Zoë.7",
        "phone": "2",
    }


def test_the_listed_columns_begin_with_the_necessary_ones():
    assert columns_of("orgs")[:3] == ("sourcedId", "name", "type")


# SAMPLES


def test_a_sample_shows_rows_results_and_problems(tmp_path):
    text = STUDENTS.replace("8/31/2020", "no date")
    (tmp_path / "students.csv").write_text(text)
    made = source(student_mapping(), path=str(tmp_path))
    sample = made.sample(made.mappings[-1])
    first, *_rest, last = sample.rows
    assert first.source["Mother"] == "Ana Peña" and len(sample.rows) == 4
    assert set(list(first.source)[:4]) == {"Student ID", "DOB", "Sex", "Status"}
    assert first.result["birthDate"] == "no date"
    assert [p.code for p in first.problems] == ["bad_date"]
    assert not last.is_taken and not last.result
    assert not sample.problems


def test_a_sample_of_an_unfinished_mapping_shows_the_source(tmp_path):
    (tmp_path / "students.csv").write_text(STUDENTS)
    mapping = change(3, fields=[field("sourcedId", "Studnt ID")])
    made = source(mapping, path=str(tmp_path))
    sample = made.sample(made.mappings[3])
    assert "Student ID" in sample.rows[0].source
    codes = {p.code for p in sample.problems}
    assert codes == {"mapping_column_missing", "mapping_source_unknown"}
    broken = source(change(3, filters=["?"]), path=str(tmp_path))
    assert broken.sample(broken.mappings[3]).rows[0].source


def test_a_sample_reads_no_more_than_it_shows(sqlite):
    made = source(identity("sql", selected), base_url="sqlite://", path=sqlite)
    sample = made.sample(made.mappings[2], most=3)
    assert [row.number for row in sample.rows] == [1, 2, 3]


# JSON, BAD ANSWERS


def json_mapping(**how):
    how = {"name": "users", "items": "rows", **how}
    return [
        *student_mapping()[:1],
        student_mapping()[2],
        {
            "table": "users",
            "label": "People",
            "origin": {"kind": "json", **how},
            "fields": [
                field("sourcedId", "id"),
                *constants(
                    givenName="A", familyName="B", role="student", orgSourcedIds="D"
                ),
            ],
        },
    ]


def answering(*bodies):
    """Gives one answer after the other, then the last for ever."""
    left = list(bodies)

    def app(_request: Request) -> Response:
        body = left.pop(0) if len(left) > 1 else left[0]
        return Response(json.dumps(body), mimetype="application/json")

    return app


def pull_json(app, **how):
    with Double(app) as double:
        return source(json_mapping(**how), base_url=double.url).pull().roster


def test_one_object_is_a_list_of_one():
    assert set(pull_json(answering({"rows": {"id": 5}})).persons) == {"5"}


@pytest.mark.parametrize("body", [{}, {"rows": None}, {"rows": "x"}, {"rows": [1]}])
def test_an_answer_without_its_list_is_refused(body):
    error = refused(lambda: pull_json(answering(body)))
    assert error.code == "envelope_missing"


def test_pages_that_do_not_end_are_refused():
    page = {"rows": [{"id": 1}], "next": "x"}
    how = {"paging": "offset", "page_param": "offset"}
    assert refused(lambda: pull_json(answering(page), **how)).code == "page_loop"
    how = {"paging": "cursor", "page_param": "c", "next": "next"}
    pages = [{"rows": [{"id": n}], "next": "x"} for n in range(9)]
    assert refused(lambda: pull_json(answering(*pages), **how)).code == "page_loop"


def test_fewer_rows_than_announced_remove_nobody():
    roster = pull_json(answering({"rows": [{"id": 1}], "n": 7}), total="n")
    assert "count_mismatch" in roster.problems.codes()
    assert "person" not in roster.complete


def test_a_page_of_another_host_gets_no_credentials():
    pages = [{"rows": [{"id": 1}], "next": "https://elsewhere.example/users"}]
    how = {"paging": "link", "next": "next"}
    assert refused(lambda: pull_json(answering(*pages), **how)).code == "net_other_host"


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ({"kind": "basic"}, "Basic dXM6cHc="),
        ({"kind": "bearer"}, "Bearer pw"),
        ({"kind": "header", "header": "Authorization"}, "pw"),
    ],
)
def test_ways_in(auth, expected):
    with Double(answering({"rows": [{"id": 1}]})) as double:
        made = source(
            json_mapping(),
            base_url=double.url,
            client_id="us",
            secret="pw",
            extra={"auth": auth},
        )
        made.pull()
        assert double.seen[0].headers["Authorization"] == expected


def test_oauth_1_signs_and_oauth_2_fetches_a_token():
    def app(request: Request) -> Response:
        body = {"rows": [{"id": 1}], "access_token": "abc", "expires_in": 300}
        return Response(json.dumps(body), mimetype="application/json")

    for kind, start in (("oauth1", "OAuth oauth_nonce"), ("oauth2", "Bearer abc")):
        with Double(app) as double:
            source(
                json_mapping(),
                base_url=double.url,
                token_url=f"{double.url}/token",
                client_id="us",
                secret="pw",
                extra={"auth": {"kind": kind}},
            ).pull()
            assert double.seen[-1].headers["Authorization"].startswith(start)


def test_a_missing_secret_is_told():
    made = source(
        json_mapping(), base_url="http://127.0.0.1", extra={"auth": {"kind": "bearer"}}
    )
    assert refused(made.pull).code == "setting_missing"


# DATABASES


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1; SELECT 2",
        "DELETE FROM stu",
        "WITH x AS (DELETE FROM stu RETURNING *) SELECT * FROM x",
        "SELECT * INTO other FROM stu",
        "SELECT * FROM stu FOR UPDATE",
        "DROP TABLE stu",
        "EXEC sp_who",
        "COPY stu TO '/tmp/x'",
        "SELEC * FROM stu",
        "",
        "SELECT 1; DROP TABLE stu --",
        "VACUUM",
        "SET ROLE x",
    ],
)
@pytest.mark.parametrize("dialect", ["postgres", "tsql", "sqlite"])
def test_only_one_select_is_sent(query, dialect):
    assert refused(lambda: check_query(query, dialect)).code == "query_unsafe"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ID, 'it''s; a:colon' AS x FROM STU WHERE TG = '';",
        "WITH a AS (SELECT 1 AS n) SELECT n FROM a UNION ALL SELECT 2",
        "SELECT [update] AS \"set\", 'drop' AS Word FROM STU -- delete",
    ],
)
def test_selects_are_sent(query):
    assert check_query(query, "tsql") == query.rstrip(";")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1\nDELETE FROM stu",
        "SELECT 1 DELETE FROM stu COMMIT",
        "SELECT ID FROM stu SHUTDOWN",
        "SELECT 1 Exec",
    ],
)
def test_sql_server_takes_a_next_statement_without_a_semicolon(query):
    assert refused(lambda: check_query(query, "tsql")).code == "query_unsafe"


def sql_mapping(query: str, **field_map: str):
    names = field_map or {"sourcedId": "id"}
    return [
        *student_mapping()[:1],
        student_mapping()[2],
        {
            "table": "users",
            "label": "People",
            "origin": {"kind": "sql", "name": query},
            "fields": [
                *(field(column, name) for column, name in names.items()),
                *constants(
                    givenName="A", familyName="B", role="student", orgSourcedIds="D"
                ),
            ],
        },
    ]


def sqlite_pull(path: str, query: str, **names: str):
    made = source(sql_mapping(query, **names), base_url="sqlite://", path=path)
    return made.pull().roster


def test_database_problems_are_told(sqlite):
    assert (
        refused(lambda: sqlite_pull(sqlite, "SELECT id FROM none")).code == "sql_failed"
    )
    error = refused(lambda: sqlite_pull(sqlite, "SELECT 1 AS other"))
    assert (error.code, error.problem.params["name"]) == (
        "mapping_source_unknown",
        "id",
    )
    assert refused(lambda: sqlite_pull("/no/such", "SELECT 1")).code == "not_found"


def test_colons_and_percent_signs_are_text(sqlite):
    query = "SELECT 'a:b:c 100%' AS username, 7 AS ID"
    roster = sqlite_pull(sqlite, query, sourcedId="id", username="username")
    assert roster.persons["7"].username == "a:b:c 100%"


def test_a_database_file_is_not_written(sqlite):
    with pytest.raises(RosterError):
        sqlite_pull(sqlite, "DELETE FROM sis_users")
    before = os.stat(sqlite).st_mtime_ns
    sqlite_pull(sqlite, 'SELECT "sourcedId" AS id FROM sis_users')
    assert os.stat(sqlite).st_mtime_ns == before


def test_a_database_file_must_be_in_an_allowed_folder(sqlite):
    made = source(
        sql_mapping("SELECT 1 AS id"),
        base_url="sqlite://",
        path=sqlite,
        extra={"folders": ["/srv"]},
    )
    assert refused(made.pull).code == "folder_not_allowed"


def test_a_query_that_takes_too_long_is_stopped(sqlite, monkeypatch):
    endless = (
        "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
        " SELECT count(*) AS id FROM n"
    )
    monkeypatch.setattr(SqlRows.__init__, "__defaults__", (0.2,))
    assert refused(lambda: sqlite_pull(sqlite, endless)).code == "sql_timeout"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql:///postgres", "net_bad_address"),
        ("postgresql://me:secret@db.example/x", "net_credentials_in_url"),
        ("postgresql://db.example/x?host=/var/run", "net_bad_address"),
        ("mysql://db.example/x", "net_bad_address"),
        ("postgresql://127.0.0.1:1/x", "net_unreachable"),
        ("mssql://127.0.0.1:1/x", "net_unreachable"),
        ("nonsense", "net_bad_address"),
    ],
)
def test_addresses_that_are_not_asked(url, code):
    made = source(sql_mapping("SELECT 1 AS id"), base_url=url)
    assert refused(made.pull).code == code


def test_a_database_inside_must_be_allowed(postgres):
    made = postgres_source(postgres, sql_mapping("SELECT 1 AS id"))
    made.net.policy = NetPolicy(connect_timeout=5)
    assert refused(made.pull).code == "net_private_address"


def test_a_database_server_does_not_let_everyone_in(postgres):
    made = postgres_source(postgres, sql_mapping("SELECT 1 AS id"), secret="wrong")
    error = refused(made.pull)
    assert error.code == "sql_refused" and "wrong" not in str(error)


def test_a_function_that_writes_is_stopped_by_the_database(postgres):
    made = postgres_source(postgres, sql_mapping("SELECT nextval('numbers') AS id"))
    assert refused(made.pull).code == "sql_failed"


def test_a_database_server_stops_a_long_query(postgres, monkeypatch):
    monkeypatch.setattr(SqlRows.__init__, "__defaults__", (1,))
    made = postgres_source(postgres, sql_mapping("SELECT 1 AS id FROM pg_sleep(20)"))
    assert refused(made.pull).code == "sql_timeout"


# TEMPLATES

VALUES = {
    "district": "Piñon Ridge",
    "year": "2027",
    "year_start": "2026-08-12",
    "year_end": "2027-06-03",
}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_templates_are_whole_mappings(template):
    mappings = load(template.fill(VALUES))
    assert not check_all(mappings)
    for one in mappings:
        if one.origin.kind == "sql":
            check_query(one.origin.name, "tsql")


def test_the_plain_file_is_read_by_its_template():
    text = (
        "school_id,school_name,student_id,state_id,first_name,middle_name,last_name,"
        "grade,birth_date,gender,parent1_first_name,parent1_last_name,parent1_email,"
        "parent1_phone,parent2_first_name,parent2_last_name,parent2_email,"
        "parent2_phone\n"
        "7,Ocotillo,1,9100000001,Zoë,,Peña,K,8/31/2020,F,Ana,Peña,ana@example.com,"
        "760-555-0101,Luz,Peña,luz@example.com,\n"
        "8,Cañon,2,9100000002,Mateo,,Peña,1,9/1/2019,M,Ana,Peña,ana@example.com,"
        "760-555-0101,,,,\n"
    )
    shot = read_students(TEMPLATES["students_csv"].fill(VALUES), text)
    assert ids(shot, "guardianship") == {
        "1|parent:ana@example.com",
        "1|parent:luz@example.com",
        "2|parent:ana@example.com",
    }
    assert not shot.problems.count("error") and not shot.problems.count("warning")


def test_parents_with_a_row_for_each_child_keep_all_of_them():
    files = {
        "students.csv": "SCHOOL_CODE,SCHOOL_NAME,SIS_NUMBER,STATE_STUDENT_NUMBER,"
        "FIRST_NAME,MIDDLE_NAME,LAST_NAME,GRADE,BIRTH_DATE,GENDER\n"
        "7,Ocotillo,1,9100000001,Zoë,,Peña,KG,8/31/2020,F\n"
        "8,Cañon,2,9100000002,Mateo,,Peña,01,9/1/2019,M\n",
        "parents.csv": "SIS_NUMBER,SCHOOL_CODE,PERSON_GU,FIRST_NAME,LAST_NAME,EMAIL,"
        "PHONE\n1,7,GU-1,Ana,Peña,ana@example.com,\n2,8,GU-1,Ana,Peña,,\n",
    }
    made = source(TEMPLATES["synergy_csv"].fill(VALUES))
    roster = made.read(to_zip({name: text.encode() for name, text in files.items()}))
    shot = build_snapshot(roster, as_of=AS_OF)
    assert ids(shot, "guardianship") == {"1|GU-1", "2|GU-1"}
    assert not shot.problems.count("warning")
