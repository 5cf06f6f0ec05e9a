"""Pages that are short, repeated, moving or none at all (hazards 1, 2, 3, 6 and 7)."""

import pytest

from odoo.addons.harvest_district.sis import (
    RosterError,
    build_snapshot,
    kinds,
)

from ..doubles import district as d
from ..doubles import server as s
from .rosters import AS_OF, hashes, ids, snapshot
from .systems import COMPLETE, TABLES, System, codes


@pytest.mark.parametrize("fault", [s.capped(7), s.capped(1)])
def test_a_limit_that_is_lowered_silently_loses_nothing(fault):
    with System() as system:
        system.faults.add("limit=", fault, times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE


@pytest.mark.parametrize("total", [None, "many", "-1"])
def test_without_a_total_an_empty_page_is_the_end(total):
    with System() as system:
        headers = {"X-Total-Count": total, "Link": None}
        system.faults.add("limit=", s.with_headers(headers), times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE


@pytest.mark.parametrize("total", ["25", "9999"])
def test_a_total_that_is_not_met_removes_nobody(total):
    """Too low: reading ends there in a careless client. Too high: rows are missing."""
    with System() as system:
        system.faults.add(
            "/users", s.with_headers({"X-Total-Count": total}), times=s.ALWAYS
        )
        pull = system.pull()
        shot = build_snapshot(pull.roster, as_of=AS_OF)
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert codes(shot) == {"count_mismatch"}
        problem = next(p for p in shot.problems if p.code == "count_mismatch")
        assert problem.params == {
            "found": len(TABLES["users"]),
            "announced": int(total),
        }
        assert kinds.STUDENT not in shot.complete
        assert kinds.SCHOOL_ENROLLMENT not in shot.complete
        assert kinds.COURSE in shot.complete
        assert pull.cursor is None  # the next run reads everything again


def test_a_page_that_ends_too_early_removes_nobody():
    with System() as system:
        cut = s.edited(lambda page: {**page, "users": []})
        system.faults.add("/users.*offset=25", cut, times=s.ALWAYS)
        shot = system.shot()
        assert kinds.STUDENT not in shot.complete
        assert "count_mismatch" in codes(shot)


def test_rows_that_move_while_they_are_read_are_read_again():
    """A student is removed before the second page: one is skipped, and the total falls.

    The second pass finds all of them.
    """
    with System() as system:
        gone = d.empty_school(TABLES, "103")
        change = s.before(lambda: (system.app.replace(gone), system.app.forget()))
        system.faults.add("/users.*offset=25", change)
        shot = system.shot()
        assert (
            len([s_ for s_ in system.asked("users") if s_.args["offset"] == "0"]) == 2
        )
        assert shot.complete == COMPLETE
        assert ids(shot, kinds.STUDENT) >= ids(snapshot(gone), kinds.STUDENT)


def test_a_total_that_never_rests_removes_nobody():
    totals = iter(range(100, 10_000))

    def restless(request, app):
        answer = app(request)
        answer.headers["X-Total-Count"] = str(next(totals))
        return answer

    with System() as system:
        system.faults.add("/users", restless, times=s.ALWAYS)
        shot = system.shot()
        assert kinds.STUDENT not in shot.complete
        assert kinds.DEMOGRAPHICS in shot.complete


def test_rows_that_come_twice_count_once():
    with System() as system:
        system.faults.add("/users.*offset=0", s.rows_twice("users"))
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE  # the second pass had each of them once


def test_ids_that_truly_stand_there_twice_are_accepted():
    """One row of demographics per student and school (Ed-Fi, §1.8)."""
    with System() as system:
        system.faults.add(
            "/demographics.*offset=(0|25)", s.rows_twice("demographics"), times=s.ALWAYS
        )
        total = s.with_headers({"X-Total-Count": None})
        system.faults.add("/demographics", total, times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE


def test_the_later_one_of_two_rows_counts():
    later = s.edited(
        lambda page: {
            **page,
            "orgs": [*page["orgs"], {**page["orgs"][-1], "name": "Later"}],
        }
    )
    with System() as system:
        system.faults.add("/orgs", later)
        assert "Later" not in {r.payload["name"] for r in system.shot().records("org")}
        system.faults.add("/orgs", later, times=2)
        names = {r.payload["name"] for r in system.shot().records("org")}
        assert "Later" not in names  # the second pass was read after the first


def test_a_server_that_ignores_the_offset_is_noticed():
    def stuck(request, app):
        environ = {**request.environ, "QUERY_STRING": "limit=25&offset=0"}
        return app(type(request)(environ))

    with System() as system:
        system.faults.add("/users", stuck, times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("users")) == 2


def test_the_last_page_again_beyond_the_end_is_the_end():
    tables = TABLES
    last = (len(tables["enrollments"]) - 1) // 25 * 25

    def clamped(request, app):
        offset = min(int(request.args["offset"]), last)
        environ = {**request.environ, "QUERY_STRING": f"limit=25&offset={offset}"}
        return app(type(request)(environ))

    with System() as system:
        system.faults.add("/enrollments", clamped, times=s.ALWAYS)
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(tables))
        assert shot.complete == COMPLETE


def test_a_system_may_not_be_asked_beyond_its_end():
    with System(extra={"reads_beyond": False}) as system:
        total = {t: len(TABLES[t]) for t in ("orgs", "courses", "enrollments")}
        for table, count in total.items():
            offset = -(-count // 25) * 25
            system.faults.add(f"/{table}.*offset={offset}", s.status(400))
        assert hashes(system.shot()) == hashes(snapshot(TABLES))


def test_links_are_followed_to_their_end():
    with System(extra={"paging": "link"}) as system:
        shot = system.shot()
        assert hashes(shot) == hashes(snapshot(TABLES))
        assert shot.complete == COMPLETE
        pages = -(-len(TABLES["users"]) // 25)
        assert len(system.asked("users")) == pages


def test_links_that_are_missing_are_done_without():
    with System(extra={"paging": "link"}, links=False) as system:
        assert hashes(system.shot()) == hashes(snapshot(TABLES))


def _link(url: str):
    return s.with_headers({"Link": f'<{url}>; rel="next"'})


@pytest.mark.parametrize("offset", ["0", "25"])
def test_links_that_lead_back_are_noticed(offset):
    with System(extra={"paging": "link"}) as system:
        back = f"{system.app.base}/users?limit=25&offset={offset}"
        system.faults.add("/users", _link(back), times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("users")) <= 3


def test_links_in_a_circle_are_noticed():
    with System(extra={"paging": "link", "max_pages": 50}) as system:
        for here, there in (("0", "25"), ("25", "0")):
            url = f"{system.app.base}/users?limit=25&offset={there}"
            system.faults.add(f"/users.*offset={here}$", _link(url), times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("users")) <= 4


def test_a_link_to_another_host_gets_no_token():
    with System(extra={"paging": "link"}) as system:
        system.faults.add("/users", _link("https://sis2.example.org/users"))
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "net_other_host"


def test_pages_without_end_end():
    def endless(request, app):
        offset = int(request.args["offset"])
        rows = [{"sourcedId": str(offset + n)} for n in range(25)]
        return s.answer_json({"courses": rows})

    with System(extra={"max_pages": 30}) as system:
        system.faults.add("/courses", endless, times=s.ALWAYS)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == "page_loop"
        assert len(system.asked("courses")) == 30


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (s.html(), "net_html"),
        (s.redirect("https://message.example.org/"), "net_redirect"),
        (s.truncated(), "net_json"),
        (s.without_key("enrollments"), "envelope_missing"),
        (s.null_key("enrollments"), "envelope_missing"),
        (s.edited(lambda page: None), "envelope_missing"),
        (s.edited(lambda page: page["enrollments"]), "envelope_missing"),
        (s.edited(lambda page: {"enrollments": ""}), "envelope_missing"),
        (s.status(500), "net_server_error"),
        (s.status(503, {"Retry-After": "99999"}), "net_server_error"),
        (s.status(429, {"Retry-After": "99999"}), "net_busy"),
    ],
)
@pytest.mark.parametrize("after", [0, 1])
def test_an_answer_that_is_no_page_fails_the_whole_run(fault, code, after):
    """On the first page or a later one: nothing is believed (hazards 6, 7, 29)."""
    with System() as system:
        system.faults.add("/enrollments", fault, times=s.ALWAYS, after=after)
        with pytest.raises(RosterError) as caught:
            system.pull()
        assert caught.value.code == code
        assert caught.value.file == "enrollments"


def test_a_busy_system_is_waited_for():
    with System() as system:
        system.faults.add("/users", s.status(429, {"Retry-After": "7"}), times=2)
        system.faults.add("/classes", s.drop())
        assert hashes(system.shot()) == hashes(snapshot(TABLES))
        assert system.clock.slept[:2] == [7, 7]


def test_one_object_instead_of_a_list_is_one_row():
    with System(extra={"page_size": 1}) as system:
        system.faults.add("/orgs", s.single_object("orgs"), times=s.ALWAYS)
        assert hashes(system.shot()) == hashes(snapshot(TABLES))


def test_rows_that_are_nobodys_forbid_removals():
    for junk in (None, "x", [], {}, {"sourcedId": None}, {"sourcedId": {"a": 1}}):
        with System() as system:
            more = s.edited(lambda page, junk=junk: {"users": [*page["users"], junk]})
            system.faults.add("/users.*offset=0", more, times=s.ALWAYS)
            shot = system.shot()
            assert kinds.STUDENT not in shot.complete
            assert "id_missing" in codes(shot)
            assert len(ids(shot, kinds.STUDENT)) == 36
