"""The plugin that a district installs in PowerSchool, as a ZIP.

    python harvest_district/sis/adapters/powerschool_plugin.py plugin.zip

An administrator uploads it at System > System Settings > Plugin Management, enables it,
and finds client id and secret under Data Provider Configuration.
"""

import io
import sys
import zipfile
from pathlib import Path

_ROOT = Path(__file__).parents[2] / "static" / "powerschool"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


def build_plugin() -> bytes:
    """The ZIP: ``plugin.xml`` and the named queries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(_ROOT.rglob("*.xml")):
            name = path.relative_to(_ROOT).as_posix()
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes())
    return buffer.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(build_plugin())
