"""Bundles the fleet page: its TypeScript and style sheet, with the libraries, become one script and one style sheet.

``python -m workers_operator.authoring.page`` writes ``gateway/page/static/``; ``--check`` prints the names of the files
that differ instead, and exits with 1 if there are any.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from toolchain import npm
from toolchain.cache import Say, cache_folder
from workers_operator.authoring import AuthoringError, esbuild
from workers_operator.authoring.bundling import packed_size

PAGE: Final = Path(__file__).parents[1] / "gateway" / "page"
WEB: Final = PAGE / "web"
STATIC: Final = PAGE / "static"
LOCKED: Final = WEB / "npm"
MOST_PACKED: Final = 100_000
"""How large the script may be, compressed."""
_HEADING: Final = "Generated from gateway/page/web by `make bundles`. Do not edit."


def libraries(say: Say) -> Path:
    """Return the node_modules folder of the page, after installing it if necessary. Raises NpmFailed."""
    digest = hashlib.sha256((LOCKED / "package-lock.json").read_bytes()).hexdigest()[:12]
    modules = cache_folder() / "page" / digest / "node_modules"
    if not modules.is_dir():
        say("fetching the fleet page's libraries with npm (about 10 MB, once)")
        npm.install(LOCKED, modules.parent, say, modules.is_dir)
    return modules


@contextmanager
def workshop(modules: Path) -> Iterator[Path]:
    """Provide a folder in which the sources of the page stand beside their libraries, as the tools expect it."""
    with tempfile.TemporaryDirectory(prefix="code24-page-") as folder:
        found = Path(folder)
        for name in ("src", "page.css", "tsconfig.json", "biome.json"):
            (found / name).symlink_to(WEB / name)
        (found / "node_modules").symlink_to(modules)
        yield found


def render(binary: Path, modules: Path) -> Mapping[str, bytes]:
    """Return the generated files by name. Raises AuthoringError with the output of esbuild."""
    with workshop(modules) as folder:
        script = _bundle(binary, folder, "src/main.tsx", "--format=esm", "--jsx=automatic")
        style = _bundle(binary, folder, "page.css")
    return {
        "page.js": f"// {_HEADING}\n".encode() + script,
        "page.css": f"/* {_HEADING} */\n".encode() + style,
        "licenses.txt": "".join(_licenses(modules)).encode(),
    }


def _bundle(binary: Path, folder: Path, entry: str, *options: str) -> bytes:
    command = [
        str(binary.absolute()),
        entry,
        "--bundle",
        "--minify",
        "--target=es2022",
        "--charset=utf8",
        "--legal-comments=none",
        "--preserve-symlinks",
        "--jsx-import-source=preact",
        "--log-level=warning",
        *options,
    ]
    environment = {**os.environ, "NODE_PATH": str(folder / "node_modules")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise AuthoringError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def _licenses(modules: Path) -> Iterator[str]:
    """Yield the licenses of what the script holds: they ask to be passed on with it."""
    yield "The fleet page holds these libraries.\n"
    for name in ("preact", "@preact/signals", "@preact/signals-core", "uplot"):
        text = (modules / name / "LICENSE").read_text().strip()
        yield f"\n--- {name} ---\n\n{text}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the files.

    Returns the exit code: 1 if ``--check`` finds a difference, or the page cannot be bundled or has grown too large.
    """
    parser = argparse.ArgumentParser(prog="page", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    try:
        files = render(esbuild.pinned(_say), libraries(_say))
    except (AuthoringError, npm.NpmFailed) as error:
        sys.stderr.write(f"page: {error}\n")
        return 1
    if (size := packed_size(files["page.js"])) > MOST_PACKED:
        sys.stderr.write(f"page: the script has {size} bytes compressed, above {MOST_PACKED}\n")
        return 1
    if options.check:
        return _compared(files)
    STATIC.mkdir(exist_ok=True)
    for name, content in files.items():
        (STATIC / name).write_bytes(content)
        sys.stdout.write(f"{name:<24} {len(content):>7} bytes, {packed_size(content):>6} gzip\n")
    return 0


def _compared(files: Mapping[str, bytes]) -> int:
    known = {p.name: p.read_bytes() for p in STATIC.iterdir()} if STATIC.is_dir() else {}
    differing = sorted(n for n in known.keys() | files.keys() if known.get(n) != files.get(n))
    for name in differing:
        sys.stdout.write(f"{STATIC / name} is not what the sources come to: make bundles\n")
    return 1 if differing else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
