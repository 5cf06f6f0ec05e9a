"""The launcher's one exception tree: what went wrong, and what to do about it."""


class GroundError(Exception):
    """An expected failure of the ground.

    :param message: what is wrong, in one sentence.
    :param remedy: what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(GroundError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class CommandFailed(GroundError):
    """A program that the launcher started ended with an error.

    :param output: the last lines it printed, for callers that look for a cause.
    """

    def __init__(self, message: str, remedy: str, output: str = "") -> None:
        super().__init__(message, remedy)
        self.output = output


class PackageRefused(GroundError):
    """A downloaded package is not what its signed index says."""


class NetworkDown(GroundError):
    """Something has to be fetched and cannot be."""


class PortTaken(GroundError):
    """Another process listens on the port asked for."""


class DatabaseDown(GroundError):
    """PostgreSQL does not answer, or refuses us."""


class CannotEnter(GroundError):
    """The unprivileged account cannot reach a folder it needs."""
