"""An environment with the packages that are shipped, and no development tools: these take memory as well."""

import hashlib
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Final

from toolchain.cache import cache_folder

ROOT: Final = Path(__file__).resolve().parents[1]
_LOCK: Final = ROOT / "requirements.lock"


def python(say: Callable[[str], None]) -> Path:
    """The interpreter of the environment, which is made once for each lock file."""
    digest = hashlib.sha256(_LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    home = cache_folder() / f"shipped-{digest}"
    interpreter, complete = home / "bin" / "python", home / "complete"
    if not complete.exists():
        say("installing the packages that are shipped, once")
        venv.create(home, clear=True, with_pip=True)
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        packages = ("--require-hashes", "--no-deps", "-r", _LOCK)
        subprocess.run([interpreter, *install, *packages], check=True)
        complete.touch()
    return interpreter


def variables() -> dict[str, str]:
    """Variables by which the interpreter finds the operator of this checkout."""
    return {"PYTHONPATH": str(ROOT / "operator")}
