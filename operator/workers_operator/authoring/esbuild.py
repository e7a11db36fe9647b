"""Provides esbuild, which is installed from npm once per version."""

import json
import shutil
from pathlib import Path
from typing import Final

from toolchain import npm
from toolchain.cache import Say, cache_folder
from workers_operator.authoring import AuthoringError

LOCKED: Final = Path(__file__).parents[1] / "workers" / "npm"


def pinned(say: Say) -> Path:
    """Return the path of the locked version of esbuild, after installing it if necessary. Raises NpmFailed."""
    version = json.loads((LOCKED / "package.json").read_text())["dependencies"]["esbuild"]
    folder = cache_folder() / "esbuild" / version
    found = _binary(folder)
    if found is None:
        say(f"fetching esbuild {version} with npm (about 10 MB, once)")
        npm.install(LOCKED, folder, say, lambda: _binary(folder) is not None, "--omit=dev")
        found = _binary(folder)
    if found is None:
        raise npm.NpmFailed(f"npm installed no esbuild {version} for this platform")
    return found


def any_version(say: Say) -> Path:
    """Return the path of the locked version of esbuild or, if it cannot be installed, of the one on PATH.

    Raises AuthoringError, which names both options.
    """
    try:
        return pinned(say)
    except npm.NpmFailed as error:
        on_path = shutil.which("esbuild")
        if on_path is None:
            raise AuthoringError(
                f"src/index.js imports other files, so it needs esbuild: put one on PATH or let npm install it "
                f"({error})"
            ) from error
        return Path(on_path)


def _binary(folder: Path) -> Path | None:
    # npm installs only the package for this platform; its name contains operating system and processor.
    return next(iter(folder.glob("node_modules/@esbuild/*/bin/esbuild")), None)
