"""Packages on disk: what has to be there, and what a new one holds."""

import gzip
import os
from pathlib import Path

import pytest

from toolchain.cache import Say
from toolchain.npm import NpmFailed
from workers_operator.authoring import AuthoringError, bundling, esbuild, packages
from workers_operator.domain.errors import ReconcileError, Stalled
from workers_operator.sources.manifest import Kind


def unheard(text: str) -> None:
    raise AssertionError(f"nothing was to be fetched: {text}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    packages.scaffold(tmp_path / "greeter", "customer", "greeter")
    return tmp_path / "greeter"


@pytest.mark.parametrize("kind", packages.KINDS)
def test_a_new_package_is_one(tmp_path: Path, kind: Kind) -> None:
    packages.scaffold(tmp_path / "a", kind, "my-greeter")
    found = packages.load(str(tmp_path / "a"), unheard)
    assert (found.template.kind, found.template.name) == (kind, "my-greeter")
    assert b"my-greeter" in found.script
    assert found.tests.cases
    left = "".join(p.read_text() for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert "TEMPLATE_" not in left


@pytest.mark.parametrize("name", ["Greeter", "a b", "-a", 'a"\nkind: elite', "", "a" * 64])
def test_a_name_that_no_template_may_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReconcileError):
        packages.scaffold(tmp_path / "a", "customer", name)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("name", ["123", "true", "null"])
def test_a_name_that_looks_like_something_else(tmp_path: Path, name: str) -> None:
    packages.scaffold(tmp_path, "customer", name)
    assert packages.load(str(tmp_path), unheard).template.name == name


def test_nothing_is_written_over(folder: Path) -> None:
    (folder / "template.yaml").write_text("mine")
    with pytest.raises(AuthoringError, match="not empty"):
        packages.scaffold(folder, "customer", "greeter")
    assert (folder / "template.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["template.yaml", "src/index.js", "README.md", "tests.yaml"])
def test_what_has_to_be_there(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(AuthoringError, match=name):
        packages.load(str(folder), unheard)


def test_a_script_that_was_bundled_before(folder: Path) -> None:
    (folder / "src" / "index.js").rename(folder / "worker.js")
    assert b"shouting" in packages.load(str(folder), unheard).script


def test_a_manifest_that_is_wrong(folder: Path) -> None:
    manifest = folder / "template.yaml"
    manifest.write_text(manifest.read_text().replace("version: 0.1.0", "version: soon"))
    with pytest.raises(Stalled, match="version: ") as caught:
        packages.load(str(folder), unheard)
    assert caught.value.reason == "TemplateInvalid"


def test_a_script_that_is_too_large(folder: Path) -> None:
    noise = gzip.compress(os.urandom(packages.MAX_PACKED_BYTES)).hex()
    (folder / "src" / "index.js").write_text(f'export default "{noise}"')
    with pytest.raises(AuthoringError, match="after compression"):
        packages.load(str(folder), unheard)


def test_a_template_that_there_is_not() -> None:
    with pytest.raises(
        AuthoringError, match="brand, design, develop, api, content, ecommerce, static"
    ):
        packages.load("teleport", unheard)


def test_a_folder_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(AuthoringError, match="there is no folder"):
        packages.load(str(tmp_path / "none"), unheard)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a from './a.js'", True),
        ("import './a.js'", True),
        ("  import{a}from'./a.js'", True),
        ("export * from './a.js'", True),
        ("export { a } from './a.js'", True),
        ("export default {}", False),
        ("const a = import.meta.url", False),
        ("important()", False),
        ("// import a from './a.js'", False),
        ("export const from = 1", False),
        ("export function a() { return Array.from([]) }", False),
    ],
)
def test_imports_are_told_by_the_text(source: str, expected: bool) -> None:
    assert bundling.has_imports(f'"use strict";\n{source}\n') == expected


def failing(say: Say) -> Path:
    raise NpmFailed("npm failed with 1")


def test_imports_without_esbuild(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (folder / "src" / "index.js").write_text("import a from './a.js'; export default a")
    monkeypatch.setattr(esbuild, "pinned", failing)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AuthoringError, match=r"needs esbuild: put one on PATH.*npm failed with 1"):
        packages.load(str(folder), unheard)


def test_the_esbuild_on_path_where_npm_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    binary = tmp_path / "esbuild"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    monkeypatch.setattr(esbuild, "pinned", failing)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert esbuild.any_version(unheard) == binary


def test_a_bundle_that_differs_is_shown(tmp_path: Path) -> None:
    (tmp_path / "elite").mkdir()
    (tmp_path / "elite" / "same.js").write_text("1\n")
    (tmp_path / "elite" / "changed.js").write_text("old\n")
    (tmp_path / "elite" / "gone.js").write_text("gone\n")
    wanted = {"elite/same.js": b"1\n", "elite/changed.js": b"new\n", "elite/added.js": b"added\n"}
    diff = bundling.differences(wanted, tmp_path)
    for line in ("-old", "+new", "-gone", "+added"):
        assert f"\n{line}\n" in diff
    assert "same.js" not in diff
