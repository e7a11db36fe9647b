"""Install workerd from npm into the user's cache, once per version."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from local_edge.errors import EdgeError
from toolchain import npm
from toolchain.cache import Say, cache_folder

_NPM = Path(__file__).parent / "npm"
_PACKAGES = {"x86_64": "workerd-linux-64", "aarch64": "workerd-linux-arm64"}


def workerd(say: Say) -> Path:
    """Return the path of workerd: `WORKERD` if set, else the pinned version, which is fetched if it is missing."""
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
    if not binary.exists():
        _fetch(folder, version, binary, say)
    if not binary.exists():
        raise EdgeError(f"npm did not install {package} {version}")
    return binary


def newest_compatibility_date(binary: Path) -> str:
    """Return the newest compatibility date that workerd supports, or a date far in the future if unknown."""
    output = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"\d{4}-\d{2}-\d{2}", output.stdout)
    return match[0] if match else "9999-12-31"


def _package() -> str:
    name = _PACKAGES.get(platform.machine()) if sys.platform == "linux" else None
    if name is None:
        raise EdgeError(
            f"the local edge requires Linux (x86-64, arm64), not {sys.platform} {platform.machine()}"
        )
    return f"@cloudflare/{name}"


def _fetch(folder: Path, version: str, binary: Path, say: Say) -> None:
    begun = time.monotonic()
    say(f"fetching workerd {version} with npm (about 40 MB, once)")
    try:
        npm.install(_NPM, folder, say, binary.exists)
    except npm.NpmFailed as error:
        raise EdgeError(str(error)) from error
    say(f"fetched workerd {version} in {time.monotonic() - begun:.1f} s")
