"""Bundles the workers' JavaScript: an entry module and its imports become one ES module, which is uploaded.

``python -m workers_operator.authoring.bundling`` writes ``workers/bundles/``; ``--check`` prints the differences
instead, and exits with 1 if there are any.

Identifiers are shortened, which saves a seventh of a script's size. The layout of the lines is kept.
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
from workers_operator.authoring import AuthoringError, esbuild

WORKERS: Final = Path(__file__).parents[1] / "workers"
ENTRY: Final = Path("src", "index.js")
PLATFORM: Final = ("dispatcher", "egress", "services")
"""The operator's own Workers; their entry modules are in ``workers/src``."""

# Matches a line that starts with an import or a re-export, but not import.meta.
_IMPORTS: Final = re.compile(
    r"^\s*(import\b(?!\s*\.)|export\s*(\*|\{[^}]*\}\s*from\b))", re.MULTILINE
)
_JSDOC: Final = re.compile(rb"^[ \t]*/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*\n", re.MULTILINE)


def has_imports(source: str) -> bool:
    """Return whether a module imports other modules, judged by its text."""
    return _IMPORTS.search(source) is not None


def bundle(package: Path, binary: Path, *, base: Path, entry: Path = ENTRY) -> bytes:
    """Bundle ``entry`` in the folder ``package`` into one ES module.

    File names in the result are relative to ``base``, so that it is the same on every machine. Imports of the runtime's
    modules (``cloudflare:…``, ``node:…``) are kept; ``code24/…`` resolves to ``workers/shared``.

    Raises AuthoringError with the output of esbuild.
    """
    command = [
        str(binary.absolute()),
        str((package / entry).resolve()),
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
    return done.stdout


def render(binary: Path) -> Mapping[str, bytes]:
    """Bundle the operator's own Workers and all built-in templates.

    Returns the bundles by file name: ``<worker>.js`` and ``<kind>/<name>.js``.
    """
    entries = {f"{name}.js": Path("src", f"{name}.js") for name in PLATFORM}
    for kind, name in built_in_packages():
        entries[f"{kind}/{name}.js"] = Path("templates", kind, name) / ENTRY
    return {name: _generated(entry, binary) for name, entry in entries.items()}


def _generated(entry: Path, binary: Path) -> bytes:
    """Bundle an entry module in ``workers``, with a heading and without JSDoc."""
    source = entry.parent if entry.name == ENTRY.name else entry
    heading = f"// Generated from {source.as_posix()} by `make bundles`. Do not edit.\n"
    script = bundle(WORKERS, binary, base=WORKERS, entry=entry)
    return heading.encode() + _JSDOC.sub(b"", script)


def built_in_packages() -> Iterator[tuple[str, str]]:
    """Yield the kind and name of every package in ``workers/templates``."""
    for folder in sorted((WORKERS / "templates").glob("*/*")):
        yield folder.parent.name, folder.name


def differences(files: Mapping[str, bytes], folder: Path) -> str:
    """Return a unified diff from the bundles in ``folder`` to ``files``; it is empty if they are equal."""
    diff: list[str] = []
    existing = {str(path.relative_to(folder)) for path in folder.rglob("*.js")}
    for name in sorted(existing | set(files)):
        path = folder / name
        old = path.read_text() if name in existing else ""
        new = files.get(name, b"").decode()
        lines = (old.splitlines(keepends=True), new.splitlines(keepends=True))
        diff += difflib.unified_diff(*lines, str(path), f"{name} (bundled)")
    return "".join(diff)


def packed_size(script: bytes) -> int:
    """Return the compressed size in bytes, to which Cloudflare's limit applies."""
    return len(gzip.compress(script, mtime=0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the bundles.

    Returns the exit code: 1 if ``--check`` finds a difference or a script cannot be bundled, otherwise 0.
    """
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
