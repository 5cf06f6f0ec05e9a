"""``./harvest lint``: every linter over the repository, one line each at the end."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher import lint_odoo
from scripts.launcher.node import Node
from scripts.launcher.paths import Ground
from scripts.launcher.prepare import Prepared, prepare
from scripts.launcher.steps import Steps

PRETTIER_GLOBS = ("js", "mjs", "cjs", "xml", "scss", "css", "json", "yml", "yaml")
PYLINT = ("pylint", "--rcfile=.pylintrc", "-j", "2")
# These judge a method by its name, and an engine's `write` is not the ORM's.
OF_MODELS = "method-required-super,missing-return,prefer-env-translation"
# Tests in folders below tests/ are collected by pytest, which needs absolute imports.
NOT_ALL = f"{OF_MODELS},odoo-addons-relative-import"
MODEL_FOLDERS = ("models", "wizard", "controllers", "report")


@dataclass(frozen=True)
class Linter:
    """One linter: how it checks, and how it mends where it can.

    :param run: prints what it finds and returns an exit code.
    """

    name: str
    run: Callable[[], int]


@dataclass(frozen=True)
class Result:
    """How one linter ended."""

    name: str
    code: int
    seconds: float


def lint(ground: Ground, steps: Steps, *, fix: bool) -> int:
    """Run all linters, even after one failed; 1 when any did."""
    ready = prepare(ground, steps, development=True)
    results = [_timed(linter) for linter in _linters(ready, steps, fix=fix)]
    width = max(len(result.name) for result in results)
    print()
    for result in results:
        word = "ok" if result.code == 0 else f"FAILED ({result.code})"
        print(f"{result.name:<{width}}  {result.seconds:5.1f} s  {word}")
    failed = [result.name for result in results if result.code]
    print(f"lint: {'failed: ' + ', '.join(failed) if failed else 'all clean'}")
    return 1 if failed else 0


def _linters(ready: Prepared, steps: Steps, *, fix: bool) -> list[Linter]:
    ground, tool = ready.ground, _tools(ready.ground)
    addons = [str(addon.path) for addon in ground.addons]
    manifests = [f"{path}/__manifest__.py" for path in addons]
    catalogs = [
        str(p) for a in ground.addons for p in sorted(a.path.glob("i18n/*.po*"))
    ]
    node = Node(ground, steps)
    only_models = ("--disable=all", f"--enable={OF_MODELS}")
    checks = [
        Linter("ruff check", tool("ruff", "check", *(["--fix"] if fix else []), ".")),
        Linter(
            "ruff format", tool("ruff", "format", *([] if fix else ["--check"]), ".")
        ),
        Linter("prettier", lambda: _prettier(ground, node, fix=fix)),
        Linter("pylint-odoo", tool(*PYLINT, f"--disable={NOT_ALL}", *addons)),
        Linter("pylint-odoo, models", tool(*PYLINT, *only_models, *_models(ground))),
        Linter("oca-checks-odoo-module", tool("oca-checks-odoo-module", *manifests)),
    ]
    if catalogs:
        checks.append(Linter("oca-checks-po", tool("oca-checks-po", *catalogs)))
    checks.append(Linter("Odoo test_lint", lambda: lint_odoo.test_lint(ready, steps)))
    return checks


def _models(ground: Ground) -> list[str]:
    """Folders of the addons whose classes are Odoo's."""
    folders = [addon.path / name for addon in ground.addons for name in MODEL_FOLDERS]
    return [str(folder) for folder in folders if folder.is_dir()]


def _tools(ground: Ground) -> Callable[..., Callable[[], int]]:
    """Makes runs of a tool of the virtual environment, in the repository."""
    bin_folder = ground.venv / "bin"
    environ = _environ(ground)

    def tool(name: str, *words: str) -> Callable[[], int]:
        return lambda: _call([str(bin_folder / name), *words], ground.root, environ)

    return tool


def _prettier(ground: Ground, node: Node, *, fix: bool) -> int:
    """Prettier over the files that git knows or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        + [f"*.{suffix}" for suffix in PRETTIER_GLOBS],
        cwd=ground.root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    files = [
        name for name in listing.split("\0") if name and (ground.root / name).is_file()
    ]
    if not files:
        return 0
    mode = ["--write", "--list-different"] if fix else ["--check"]
    program = node.program("prettier/bin/prettier.cjs")
    words = ["--log-level", "warn", "--ignore-unknown", *mode, *files]
    return _call([*program, *words], ground.root, node.environ())


def _call(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
    return subprocess.run(
        list(argv), cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, check=False
    ).returncode


def _environ(ground: Ground) -> dict[str, str]:
    """Caches of the tools go below the state folder."""
    cache = ground.state / "lint"
    return dict(os.environ) | {
        "PATH": f"{ground.venv / 'bin'}:{os.environ.get('PATH', '')}",
        "RUFF_CACHE_DIR": str(cache / "ruff"),
        "PYLINTHOME": str(cache / "pylint"),
        "PYTHONPYCACHEPREFIX": str(cache / "pycache"),
    }


def _timed(linter: Linter) -> Result:
    print(f"── {linter.name}", flush=True)
    began = time.monotonic()
    code = linter.run()
    return Result(linter.name, code, time.monotonic() - began)
