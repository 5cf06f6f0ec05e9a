"""Started by the name of its folder; see ``by_hand``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from doubles.by_hand import main

main()
