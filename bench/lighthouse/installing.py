"""Installs Lighthouse, and the pages that it is tried on, by the lock beside this file."""

import subprocess
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
MODULES: Final = HERE / "node_modules"


def install() -> None:
    """Install what the lock names, unless it is there."""
    lock = (HERE / "package-lock.json").stat().st_mtime
    done = MODULES / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock:
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=HERE, check=True)
