"""Loads and creates template packages.

A package is a folder with template.yaml, src/index.js (or worker.js, already bundled), README.md and tests.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from toolchain.cache import Say
from workers_operator.authoring import AuthoringError, bundling, esbuild
from workers_operator.authoring.cases import Tests, load_tests
from workers_operator.sources import manifest as manifests
from workers_operator.sources import templates
from workers_operator.sources.manifest import Kind
from workers_operator.sources.templates import Template

MANIFEST: Final = "template.yaml"
TESTS: Final = "tests.yaml"
README: Final = "README.md"
BUNDLED: Final = "worker.js"
MAX_PACKED_BYTES: Final = 10 * 1024 * 1024  # Cloudflare's limit after compression, on paid plans
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True)
class Package:
    """A template and its tests."""

    template: Template
    tests: Tests

    @property
    def script(self) -> bytes:
        return self.template.code.modules[0].data


def built_in(name: str) -> Template:
    """Return the built-in template with this name, of any kind.

    Raises AuthoringError, which lists the existing templates.
    """
    found = [t for kind in KINDS for n, t in templates.built_in(kind).items() if n == name]
    if len(found) != 1:
        there_are = ", ".join(n for kind in KINDS for n in templates.names(kind))
        raise AuthoringError(f"there is no template {name!r}; there are: {there_are}")
    return found[0]


def load(target: str, say: Say) -> Package:
    """Load the package in the folder ``target`` or, if there is none, the built-in package with that name.

    Raises AuthoringError if a file is missing, the tests are invalid, or the script cannot be bundled or is too large
    for Cloudflare. Raises Stalled if the manifest is invalid.
    """
    folder = Path(target)
    if folder.is_dir():
        manifest = _read(folder, MANIFEST)
        about = manifests.load(manifest, str(folder / MANIFEST))
        script = _script(folder, say)
        template = templates.parse(
            about.kind, about.name, manifest=manifest, script=script, origin=str(folder)
        )
    else:
        if folder.parts[1:]:
            raise AuthoringError(f"there is no folder {target}")
        template = built_in(target)
        folder = bundling.WORKERS / "templates" / template.kind / template.name
    _read(folder, README)
    package = Package(template, load_tests(_read(folder, TESTS), str(folder / TESTS)))
    size = bundling.packed_size(package.script)
    if size > MAX_PACKED_BYTES:
        raise AuthoringError(
            f"the script has {size} bytes after compression; Cloudflare allows {MAX_PACKED_BYTES}"
        )
    return package


def readme(template: Template) -> str:
    """Return the README.md of a built-in template."""
    folder = bundling.WORKERS / "templates" / template.kind / template.name
    return (folder / README).read_text()


def _script(folder: Path, say: Say) -> bytes:
    entry = folder / bundling.ENTRY
    if not entry.is_file():
        if (folder / BUNDLED).is_file():
            return _read(folder, BUNDLED)
        raise AuthoringError(f"{folder} has neither {bundling.ENTRY} nor {BUNDLED}")
    source = entry.read_bytes()
    if not bundling.has_imports(source.decode(errors="replace")):
        return source
    return bundling.bundle(folder, esbuild.any_version(say), base=folder)


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise AuthoringError(f"{folder} has no {name}") from None


def scaffold(folder: Path, kind: Kind, name: str) -> None:
    """Create a working package in ``folder``.

    Raises AuthoringError if the folder is not empty, and Stalled if the name is invalid.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AuthoringError(f"{folder} already exists and is not empty")
    files = _scaffold_files(kind, name)
    # Validate the name before writing anything.
    manifests.load(files[MANIFEST], MANIFEST)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _scaffold_files(kind: Kind, name: str) -> Mapping[str, bytes]:
    base = Path(__file__).parent / "scaffold"
    found = {}
    for path in sorted(p for p in base.rglob("*") if p.is_file()):
        text = path.read_text().replace("TEMPLATE_NAME", name).replace("TEMPLATE_KIND", kind)
        found[str(path.relative_to(base))] = text.encode()
    return found
