"""Bundles: a template's ``src/index.js`` with all that it imports, as the one ES module that is uploaded.

Line by line as it was written, with short names for what is local: they are a seventh of what a script weighs.

``python -m workers_operator.authoring.bundling`` writes ``workers/bundles/``, with ``--check`` it compares: a
difference is shown and ends the program with 1.
"""

import argparse
import difflib
import gzip
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from toolchain.npm import NpmFailed
from workers_operator.authoring import esbuild
from workers_operator.authoring.errors import AuthoringError

WORKERS: Final = Path(__file__).parents[1] / "workers"
ENTRY: Final = Path("src", "index.js")
# A line that begins with an import, or re-exports: esbuild's business. import.meta isn't one.
_IMPORTS: Final = re.compile(
    r"^\s*(import\b(?!\s*\.)|export\s*(\*|\{[^}]*\}\s*from\b))", re.MULTILINE
)

_JSDOC: Final = re.compile(rb"^[ \t]*/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*\n", re.MULTILINE)


def has_imports(source: str) -> bool:
    """Whether a module needs others, told by its text alone."""
    return _IMPORTS.search(source) is not None


def bundle(package: Path, binary: Path, *, base: Path, heading: str = "") -> bytes:
    """``package``'s script as one ES module. Raises AuthoringError with the compiler's words.

    ``base`` is the folder that names of files in the result are relative to, so that it is the same on any machine.
    Modules of the runtime (``cloudflare:…``, ``node:…``) stay imports; ``code24/…`` is the operator's shared code.
    """
    command = [
        str(binary.absolute()),
        str((package / ENTRY).resolve()),
        "--bundle",
        "--format=esm",
        "--target=es2024",
        "--charset=utf8",
        "--minify-identifiers",
        "--log-level=warning",
        "--external:cloudflare:*",
        "--external:node:*",
        f"--alias:code24={WORKERS / 'shared'}",
    ]
    done = subprocess.run(command, cwd=base, capture_output=True, check=False)
    if done.returncode != 0:
        raise AuthoringError(done.stderr.decode(errors="replace").strip())
    return heading.encode() + done.stdout


def render(binary: Path) -> Mapping[str, bytes]:
    """``<kind>/<name>.js`` → content, for every built-in template."""
    return {
        f"{kind}/{name}.js": _without_types(
            bundle(
                WORKERS / "templates" / kind / name,
                binary,
                base=WORKERS,
                heading=f"// Generated from templates/{kind}/{name}/src by `make bundles`.\n",
            )
        )
        for kind, name in built_in_packages()
    }


def _without_types(script: bytes) -> bytes:
    """A script without the JSDoc that stands on lines of its own: the compiler has read it, and it is heavy."""
    return _JSDOC.sub(b"", script)


def built_in_packages() -> Iterator[tuple[str, str]]:
    """Kind and name of every package in ``workers/templates``."""
    for folder in sorted((WORKERS / "templates").glob("*/*")):
        yield folder.parent.name, folder.name


def differences(files: Mapping[str, bytes], folder: Path) -> str:
    """A unified diff from the bundles in ``folder`` to ``files``; empty where they agree."""
    diff: list[str] = []
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.js")}
    for name in sorted(there | set(files)):
        path = folder / name
        found = path.read_text() if name in there else ""
        wanted = files.get(name, b"").decode()
        lines = (found.splitlines(keepends=True), wanted.splitlines(keepends=True))
        diff += difflib.unified_diff(*lines, str(path), f"{name} (bundled)")
    return "".join(diff)


def packed_size(script: bytes) -> int:
    """Bytes after compression, by which Cloudflare limits scripts."""
    return len(gzip.compress(script, mtime=0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0, or 1 where ``--check`` found a difference or a script can't be bundled."""
    parser = argparse.ArgumentParser(prog="bundling", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    folder = WORKERS / "bundles"
    try:
        files = render(esbuild.pinned(lambda text: print(text, file=sys.stderr)))  # noqa: T201
    except (AuthoringError, NpmFailed) as error:
        sys.stderr.write(f"bundling: {error}\n")
        return 1
    if options.check:
        diff = differences(files, folder)
        sys.stdout.write(diff)
        return 1 if diff else 0
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        sys.stdout.write(f"{name:<24} {len(content):>7} bytes, {packed_size(content):>6} gzip\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
