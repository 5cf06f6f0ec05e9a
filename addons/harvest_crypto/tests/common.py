"""A key ring of its own for a test, so that none touches the server's."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch


class KeyRingCase:
    """Mixin of test cases: an empty key ring, and a database that knows no key."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.key_file = Path(folder.name) / "keys.json"
        patcher = patch.dict(os.environ, {"HARVEST_KEY_FILE": str(self.key_file)})
        patcher.start()
        self.addCleanup(patcher.stop)
        if self.env:
            self.env.cr.execute("DELETE FROM gr_seal_key")
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            self.addCleanup(self.env.registry.clear_cache)
