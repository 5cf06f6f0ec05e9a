"""Names, sizes and times of the addon."""

ROOT = "/harvest/courseware"
CONTENT_PATH = f"{ROOT}/c"
COMMIT_PATH = f"{ROOT}/scorm12"
FETCH_PATH = f"{ROOT}/fetch"
XAPI_PATH = "/harvest/xapi"
XAPI_VERSION = "1.0.3"
RUNTIME = "/harvest_courseware/static/lib/scorm-again/scorm12.min.js"
SANDBOX = "/harvest_courseware/static/boot/sandbox.js"
BOOT = "/harvest_courseware/static/boot/scorm12_boot.js"
CONFIG_NAME = "~harvest.js"  # beside a package's own files, that cannot have this name

LAUNCH_HOURS = 8  # a launch is open so long: a working day
# An address of content changes at the end of such a period only, so that a browser
# keeps the files of a course over its launches: sites have poor internet.
CONTENT_DAYS = 7
CACHE_SECONDS = CONTENT_DAYS * 24 * 3600

SCOPE_CONTENT = "harvest_courseware.content"
SCOPE_API = "harvest_courseware.api"
SCOPE_FETCH = "harvest_courseware.fetch"
SCOPE_ACTOR = "harvest_courseware.actor"
ACTOR_LENGTH = 32  # hexadecimal digits of a learner's opaque id

PARAM_CONTENT_HOST = "harvest_courseware.content_host"
PARAM_SOURCES = "harvest_courseware.content_sources"
PARAM_RETENTION = "harvest_courseware.statement_days"

# ir.config_parameter → field of packages.Limits, and how many of its units are one
LIMIT_PARAMS = {
    "harvest_courseware.max_archive_mb": ("archive", 1024 * 1024),
    "harvest_courseware.max_unpacked_mb": ("unpacked", 1024 * 1024),
    "harvest_courseware.max_file_mb": ("file", 1024 * 1024),
    "harvest_courseware.max_files": ("files", 1),
    "harvest_courseware.max_ratio": ("ratio", 1),
}

INJECT_LIMIT = 16 * 1024 * 1024  # bytes of a page that gets the run-time
BODY_LIMIT = 1024 * 1024  # bytes of a request of a course
PAGE_SIZE = 100  # statements in one answer
GC_LIMIT = 5_000  # rows that one nightly run forgets

STANDARDS = [("scorm12", "SCORM 1.2"), ("cmi5", "cmi5"), ("xapi", "xAPI (tincan.xml)")]
