"""Warnings and errors in Odoo's log: which are known, and which count against us."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

import pytest

RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<text>\S+: .*)$"
)
REPORT = "harvest-log-watch"
BAD = frozenset({"WARNING", "ERROR", "CRITICAL"})

# Lines of other people's code, each with its reason.
KNOWN = {
    r"PyPDF2 is deprecated": "Odoo imports PyPDF2 where its own pypdf is not packaged",
    r"selfie_segmentation": "Debian's Odoo ships without this library of video calls",
}


def complaints(lines: Iterable[str]) -> list[str]:
    """Records of a log, as ``logger: message``, that somebody must look at."""
    return [
        f"{match['level']} {match['text']}"
        for line in lines
        if (match := RECORD.match(line))
        and match["level"] in BAD
        and not is_known(match["text"])
    ]


def is_known(text: str) -> bool:
    return any(re.search(pattern, text) for pattern in KNOWN)


class LogWatch(logging.Handler):
    """A plugin of pytest: what tests leave in the log fails the run.

    A test that means to provoke a line mutes or asserts it (``mute_logger``,
    ``assertLogs``), so that it does not come here. Told is the first line only: more
    may hold data. pytest-odoo must let warnings through (``--odoo-log-level=warn``).
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.running = "outside of tests"
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name}: {record.getMessage()}".splitlines()[0]
        if not is_known(text):
            self.found.append(f"{self.running}: {record.levelname} {text}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item) -> Iterator[None]:
        self.running = item.nodeid
        root = logging.getLogger()
        if self not in root.handlers:  # Odoo sets the log up anew when it starts
            root.addHandler(self)
        try:
            return (yield)
        finally:
            self.running = "outside of tests"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node) -> None:
        self.found += getattr(node, "workeroutput", {}).get(REPORT, [])

    def pytest_sessionfinish(self, session) -> None:
        report = getattr(session.config, "workeroutput", None)
        if report is not None:  # one of several processes: the first one tells
            report[REPORT] = self.found
        elif self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if self.found:
            terminalreporter.section("warnings and errors in the log", red=True)
            for line in self.found:
                terminalreporter.write_line(line)
