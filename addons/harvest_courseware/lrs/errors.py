from __future__ import annotations


class Refused(Exception):
    """A request of a course is refused.

    :param status: HTTP status
    :param text: for the course's author, in English like the protocols
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
