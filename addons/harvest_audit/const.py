"""Vocabulary and sizes of the event log."""

SYSTEM_STREAM = "system"
OUTCOMES = [("ok", "Done"), ("refused", "Refused")]

# What only looks at records is written down whether or not its transaction commits.
LOOKING = frozenset({"read", "export", "report", "download", "search"})

PATH_LENGTH = 200  # characters of an address that are kept
VALUE_LENGTH = 2000  # characters of an old or new value that are kept
KEYS_CACHED = 4096  # keys of subjects that a process keeps in memory
