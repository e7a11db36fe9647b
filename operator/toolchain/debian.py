"""Fetch programs from Debian's packages, without installing them."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from toolchain.cache import Say, cache_folder, locked


class DebianFailed(Exception):
    """apt-get or dpkg-deb failed, or is not there; the message contains the last lines of the output."""


def program(name: str, package: str, say: Say) -> str:
    """Return the path of a program: from PATH, or else out of a package, which is kept in the cache.

    apt checks the package's signature. Raises DebianFailed.
    """
    found = shutil.which(name)
    folder = cache_folder() / f"debian-{package}"
    target = folder / "usr" / "bin" / name
    if found or target.exists():
        return found or str(target)
    with locked(folder, say):
        if not target.exists():
            say(f"{name} is not on PATH: fetching it from Debian's package {package} (once)")
            _unpack(package, folder)
    if not target.exists():
        raise DebianFailed(f"Debian's package {package} has no program {name}")
    return str(target)


def _unpack(package: str, folder: Path) -> None:
    # Unpack next to the final location, then rename: an interrupted fetch leaves no partial folder.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
        work = Path(temporary)
        _run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], work)
        [archive] = work.glob("*.deb")
        _run(["dpkg-deb", "--extract", archive.name, "content"], work)
        shutil.rmtree(folder, ignore_errors=True)
        (work / "content").rename(folder)


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise DebianFailed(f"there is no {command[0]}; put the program on PATH") from None
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise DebianFailed(f"{command[0]} failed with {done.returncode}:\n{last}")
