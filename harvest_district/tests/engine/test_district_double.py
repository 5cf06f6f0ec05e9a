"""The invented district that all doubles serve reads without a single problem."""

import pytest
import requests
from werkzeug.wrappers import Request, Response

from odoo.addons.harvest_district.sis import kinds, vocab
from odoo.addons.harvest_district.sis.problems import NOTE

from ..doubles import district as d
from ..doubles import server as s
from ..doubles.by_hand import DOUBLES, serve
from .rosters import hashes, ids, payload, snapshot


def test_the_district_has_no_problem_in_either_version():
    for tables in (d.make_district(), d.to_11(d.make_district())):
        found = {p.code for p in snapshot(tables).problems if p.severity != NOTE}
        assert not found


def test_the_district_holds_what_it_promises():
    shot = snapshot(d.make_district())
    assert len(ids(shot, kinds.STUDENT)) == 36
    assert len(ids(shot, kinds.SCHOOL_ENROLLMENT)) == 37
    links = [split.split("|")[0] for split in ids(shot, kinds.GUARDIANSHIP)]
    assert len(links) > len(set(links)) > 0
    placed = {r.payload["person_id"] for r in shot.records(kinds.MEMBERSHIP)}
    assert "5000002" not in placed
    roles = {r.payload["role"] for r in shot.records(kinds.SITE_ROLE)}
    assert roles == {"teacher", "principal", "counselor", "aide"}
    assert payload(shot, kinds.STUDENT, "5000000")["ssid"] == "9100000000"
    assert payload(shot, kinds.STUDENT, "5000000")["identifier"] == "00000000"


def test_an_emptied_school_loses_only_its_own_students():
    tables = d.make_district()
    school = d.school_ids(tables)[0]
    shot = snapshot(d.empty_school(tables, school))
    left = {r.site for r in shot.records(kinds.STUDENT)}
    assert left == set(d.school_ids(tables)[1:])
    assert "5000000" in ids(shot, kinds.STUDENT)  # also at the second school
    assert tables["users"] == d.make_district()["users"]


def test_it_grows_without_changing_what_was_there():
    small = hashes(snapshot(d.make_district(2, 8)))
    large = d.make_district(2, 16)
    assert {key for key in small if key[0] == kinds.STUDENT} <= set(
        hashes(snapshot(large))
    )
    assert all(
        row["role"] in vocab.USER_ROLES.values() or row["role"] in vocab.GUARDIAN_ROLES
        for row in large["roles"]
    )


def _hello(request: Request) -> Response:
    return s.answer_json({"rows": [{"id": 1}, {"id": 2}], "args": request.args})


def test_faults_meet_the_planned_requests_only():
    with s.Double(_hello) as double:
        double.faults.add("/a", s.status(429, {"Retry-After": "1"}), times=2, after=1)
        codes = [requests.get(double.url + "/a", timeout=5).status_code for _ in "1234"]
        assert codes == [200, 429, 429, 200]
        assert requests.get(double.url + "/b", timeout=5).status_code == 200
        assert double.paths() == ["/a"] * 4 + ["/b"]


def test_faults_are_applied_one_around_the_other():
    with s.Double(_hello) as double:
        double.faults.add("/", s.rows_twice("rows"))
        double.faults.add("/", s.with_headers({"X-Total-Count": "2"}))
        double.faults.add("/", s.capped(3))
        answer = requests.get(double.url, params={"limit": 9}, timeout=5)
        assert len(answer.json()["rows"]) == 4
        assert answer.json()["args"] == {"limit": "3"}
        assert answer.headers["X-Total-Count"] == "2"


@pytest.mark.parametrize("name", sorted(DOUBLES))
def test_a_double_can_be_broken_by_hand(name):
    running, told = serve(name, port=0, schools=2, students=4)
    with running as double:
        assert double.url in told
        url = double.url + "/_double"
        assert list(requests.get(url, timeout=5).json()["schools"]) == ["101", "102"]
        for path, code in (("/empty/101", 200), ("/restore", 200), ("/empty/9", 404)):
            assert requests.post(url + path, timeout=5).status_code == code


def test_what_is_broken_by_hand_is_gone_until_it_is_restored():
    running, _told = serve("oneroster_generic", port=0, schools=2, students=4)
    with running as double:
        app = double.app._app
        url = double.url + "/_double"
        requests.post(url + "/empty/101", timeout=5)
        gone = {i for i, known in app._things["users"].items() if known["gone"]}
        assert gone == {"5000001", "5000002", "5000003"}
        requests.post(url + "/restore", timeout=5)
        assert not any(known["gone"] for known in app._things["users"].values())
