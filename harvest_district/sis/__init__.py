"""The roster engine: one canonical roster, many adapters. Plain Python, no ORM.

source → adapter → ``Roster`` → (``merge`` onto a baseline) → ``build_snapshot`` →
``Snapshot`` of ``Record`` → ``diff`` → ``gate`` → apply. See ``../README.md``.
"""

from .baseline import load_baseline, merge, pack, save_baseline, unpack
from .bundle import Limits
from .canonical import Record, join_id, payload_hash, split_id
from .diff import Change, Known, classify, diff
from .errors import RefusedFile, RosterError, UnreadableFile, UnsafeFile
from .gate import (
    GatePolicy,
    Hold,
    Tally,
    Threshold,
    decide,
    is_held,
    judge,
    tally_changes,
    tally_groups,
)
from .identity import Match, Someone, is_reused, propose
from .messages import MESSAGES, STEPS
from .net import Net, NetError, NetPolicy
from .oneroster_csv import ReadOptions, read_oneroster
from .problems import Problem, Problems
from .roster import Roster
from .snapshot import Snapshot, build_snapshot
from .source import Cursor, Pull, Settings, Source, Step
