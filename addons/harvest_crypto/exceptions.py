"""What can go wrong with sealed values. Every message says what to do next."""

from odoo.exceptions import UserError


class SealError(UserError):
    """A sealed secret cannot be opened: its key is missing, or it was altered."""

    def __init__(self):
        super().__init__(
            "A stored secret cannot be opened: the key file is missing, or another one."
        )
