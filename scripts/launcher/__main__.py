"""Entry point: ``python scripts/launcher COMMAND`` from any folder."""

import sys
from pathlib import Path

# Started by folder, so that folder is on the path: put the repository's root there.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from scripts.launcher.cli import main

sys.exit(main(sys.argv[1:]))
