"""The served system answers a browser, and its job runner runs jobs."""

import time
from urllib.parse import urlsplit

import requests

JOB_SECONDS = 120  # the runner waits 5 s, and other tests' jobs may be before it


def test_login_page_is_whole_and_calls_no_third_party(page, server):
    answers = []
    page.on("response", lambda answer: answers.append((answer.status, answer.url)))

    page.goto("/web/login")
    page.locator("input[name=login]").wait_for(state="visible")
    page.wait_for_load_state("networkidle")

    assert [url for status, url in answers if status >= 400] == []
    host = urlsplit(server.url).netloc
    assert {urlsplit(url).netloc for _, url in answers} == {host}


def test_icon_font_is_the_one_odoo_asks_for(page, server):
    page.goto("/web/login")
    answer = page.request.get(
        "/web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2"
    )

    assert answer.status == 200
    assert answer.body()[:4] == b"wOF2"


def test_job_runner_reaches_the_server_and_runs_a_job(server):
    session = requests.Session()
    form = session.get(f"{server.url}/web/login", timeout=30).text
    token = form.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"login": "admin", "password": "admin", "csrf_token": token}
    session.post(f"{server.url}/web/login", data=data, timeout=30)

    answer = session.get(
        f"{server.url}/queue_job/create_test_job?description=ground", timeout=30
    )

    assert answer.status_code == 200
    state = _job_state(server)
    assert state == "done", server.query(
        "SELECT name, state, date_created, date_started, exc_name FROM queue_job"
    )


def _job_state(server) -> str:
    """State of the job, after waiting for the runner."""
    deadline = time.monotonic() + JOB_SECONDS
    state = ""
    while state != "done" and time.monotonic() < deadline:
        time.sleep(0.5)
        rows = server.query("SELECT state FROM queue_job WHERE name = %s", "ground")
        state = rows[0][0] if rows else "no job"
    return state
