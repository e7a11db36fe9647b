"""Checks the JavaScript of the workers and of the fleet page: format and lint rules with Biome, types with tsc.

``python -m workers_operator.authoring.javascript`` exits with 1 if a check fails; ``--write`` formats the sources.
"""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from toolchain import npm
from toolchain.cache import Say, cache_folder
from workers_operator.authoring import page
from workers_operator.authoring.bundling import WORKERS
from workers_operator.authoring.esbuild import LOCKED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks.

    Returns the exit code: 1 if a check fails or the tools cannot be installed, otherwise 0.
    """
    parser = argparse.ArgumentParser(prog="javascript", description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="format the sources and apply safe fixes"
    )
    options = parser.parse_args(arguments)
    try:
        modules = tools(_say)
        node = npm.node(_say)
        libraries = page.libraries(_say)
    except npm.NpmFailed as error:
        sys.stderr.write(f"javascript: {error}\n")
        return 1
    biome = str(next(modules.glob("@biomejs/cli-*/biome")))
    compiler = str(modules / "typescript" / "bin" / "tsc")
    check = [biome, "check", *(["--write"] if options.write else []), "."]
    types = [node, compiler, "--pretty", "false", "--project", "."]
    failed = [
        _fails(check, WORKERS),
        _fails([*types, "--typeRoots", str(modules)], WORKERS),
        _fails(check, page.WEB),
    ]
    with page.workshop(libraries) as folder:
        failed.append(_fails([*types, "--preserveSymlinks"], folder))
    return 1 if any(failed) else 0


def tools(say: Say) -> Path:
    """Return the node_modules folder with Biome and TypeScript, after installing them if necessary.

    Raises NpmFailed.
    """
    digest = hashlib.sha256((LOCKED / "package-lock.json").read_bytes()).hexdigest()[:12]
    modules = cache_folder() / "javascript" / digest / "node_modules"
    if not modules.is_dir():
        say("fetching Biome and TypeScript with npm (about 35 MB, once)")
        npm.install(LOCKED, modules.parent, say, modules.is_dir)
    return modules


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _fails(command: list[str], folder: Path) -> bool:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stdout.write(done.stdout + done.stderr)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
