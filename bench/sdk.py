"""Generates the types of the JavaScript SDK and checks its sources: ``python -m bench.sdk [--check]``.

``types/openapi.d.ts`` comes from docs/openapi.json, the other declarations from the JSDoc in ``src/``.
"""

import argparse
import filecmp
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from toolchain import npm
from toolchain.cache import cache_folder
from workers_operator.authoring import javascript

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "sdk" / "javascript"
_OPENAPI: Final = ROOT / "docs" / "openapi.json"


def tools() -> Path:
    """Return the node_modules folder with the locked tools, after installing them if necessary. Raises NpmFailed."""
    digest = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()[:12]
    modules = cache_folder() / "sdk" / digest / "node_modules"
    if not modules.is_dir():
        _say("fetching openapi-typescript with npm (about 45 MB, once)")
        npm.install(FOLDER, modules.parent, _say, modules.is_dir)
    return modules


def generate(target: Path) -> None:
    """Write the types into a folder that has ``src`` beside it. Raises SdkProblem."""
    target.mkdir(exist_ok=True)
    generator = tools() / "openapi-typescript" / "bin" / "cli.js"
    # What has a default may be left out of a request.
    options = ["--default-non-nullable=false", "--output", str(target / "openapi.d.ts")]
    _node(str(generator), str(_OPENAPI), *options, folder=FOLDER)
    _compile("--project", str(target.parent))


class SdkProblem(Exception):
    """A check failed; the message says which."""


def check() -> None:
    """Raise SdkProblem if the sources break a rule, or the types differ from what they are generated from."""
    _biome()
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        shutil.copytree(FOLDER / "src", copy / "src")
        for name in ("package.json", "tsconfig.json"):
            shutil.copy(FOLDER / name, copy / name)
        generate(copy / "types")
        changed = sorted(_changed(copy / "types", FOLDER / "types"))
    if changed:
        raise SdkProblem(
            f"out of date in sdk/javascript/types: {', '.join(changed)}; run make manifests"
        )
    _compile("--project", str(FOLDER / "test"))


def write() -> None:
    """Format the sources, and generate the types. Raises SdkProblem."""
    _biome("--write")
    shutil.rmtree(FOLDER / "types", ignore_errors=True)
    generate(FOLDER / "types")


def _changed(made: Path, known: Path) -> Iterator[str]:
    """Yield the names of the files that are not the same in both folders."""
    names = {path.name for folder in (made, known) for path in folder.glob("*")}
    for name in names:
        pair = (made / name, known / name)
        if not all(path.exists() for path in pair) or not filecmp.cmp(*pair, shallow=False):
            yield name


def _biome(*options: str) -> None:
    biome = next(javascript.tools(_say).glob("@biomejs/cli-*/biome"))
    _run([str(biome), "check", *options, "."], FOLDER)


def _compile(*options: str) -> None:
    _node(str(tools() / "typescript" / "bin" / "tsc"), "--pretty", "false", *options, folder=FOLDER)


def _node(*arguments: str, folder: Path) -> None:
    _run([npm.node(_say), *arguments], folder)


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SdkProblem(done.stdout + done.stderr)


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="bench.sdk", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, and fail if something would change"
    )
    try:
        check() if parser.parse_args().check else write()
    except (SdkProblem, npm.NpmFailed) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
