"""Serve rosters by OneRoster 1.1 and 1.2: plain Python, free of the ORM.

``service.serve`` answers one request; it gets its rows from a ``Reader``, which tests
replace by a list. Interop facts: section 1 (protocol) and 14 (provider check-list).
"""

from .errors import ApiError, status_info, unauthorised, unknown_endpoint
from .openapi import describe
from .query import Clause, Query, summarize
from .routes import ROUTES, Route, find_route
from .scopes import DEMOGRAPHICS, FULL_ROSTER, ROSTER, grant, scope_uris
from .service import Answer, Page, Request, Selection, failure, serve
from .versions import BASES, DISCOVERY_PATH, ROOT, TOKEN_PATH, V11, V12, VERSIONS
from .view import CONTACTS, STATE_ID, View
