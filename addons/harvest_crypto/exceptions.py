"""What can go wrong with sealed values. Every message says what to do next."""

from odoo.exceptions import UserError


class SealError(UserError):
    """A sealed secret cannot be opened: its key is missing, or it was altered."""

    def __init__(self, message=None):
        super().__init__(
            message
            or "A stored secret cannot be opened: the key file is missing,"
            " or another one."
        )


class KeyMissingError(SealError):
    """The key is not in this server's key ring.

    :ivar str key_id: the key that is missing; empty: there is no key ring
    """

    def __init__(self, key_id="", message=None):
        super().__init__(message)
        self.key_id = key_id


class SealedFieldError(UserError):
    """A sealed field was asked for what only a readable column can answer."""
