"""Course packages, read with suspicion. Plain Python: no ORM, no database.

``open_archive`` checks a ZIP before anything of it is used, ``read_package`` tells what
is in it. Both raise ``PackageError``; ``explain.py`` of the addon has the texts.
"""

from .archive import Archive, open_archive
from .errors import PackageError
from .model import CMI5, SCORM12, XAPI, Limits, Package, Unit
from .reader import read_package
