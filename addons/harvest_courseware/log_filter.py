"""Addresses of content hold a key: the log of requests shows them without it."""

import logging
import re

from .const import CONTENT_PATH, FETCH_PATH

SECRETS = re.compile(
    rf"({re.escape(CONTENT_PATH)}/|{re.escape(FETCH_PATH)}/|[?&](?:auth|fetch)=)[^/?&\s]+"
)


class MaskKeys(logging.Filter):
    """Replaces the keys of launches in what the web server logs."""

    def filter(self, record):
        record.msg = self._mask(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(self._mask(value) for value in record.args)
        return True

    def _mask(self, value):
        return SECRETS.sub(r"\1***", value) if isinstance(value, str) else value


def install():
    """Filter the log of requests, once a process."""
    logger = logging.getLogger("werkzeug")
    if not any(isinstance(one, MaskKeys) for one in logger.filters):
        logger.addFilter(MaskKeys())
