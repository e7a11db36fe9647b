"""Programs out of Debian's packages: fetched once, and never in part."""

import os
from pathlib import Path

import pytest

from toolchain import debian

APT = """#!/bin/sh
echo fetched >> "$LOG"
[ -z "$BROKEN" ] || { echo "E: Unable to locate package" >&2; exit 100; }
touch tool_1_amd64.deb
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/bin" && touch "$3/usr/bin/tool"
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the stand-ins for apt-get and dpkg-deb were asked for."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in (("apt-get", APT), ("dpkg-deb", DPKG)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.defpath}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    return tmp_path / "log"


def test_a_program_is_fetched_once(log: Path) -> None:
    said: list[str] = []
    found = [debian.program("tool", "tool-package", said.append) for _ in range(2)]
    assert Path(found[0]).exists()
    assert found[0] == found[1]
    assert log.read_text() == "fetched\n"
    assert len(said) == 1


def test_one_on_the_path_is_used(log: Path) -> None:
    assert debian.program("sh", "none", lambda _: None).endswith("/sh")
    assert not log.exists()


def test_a_package_that_cannot_be_had(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKEN", "yes")
    with pytest.raises(debian.DebianFailed, match="Unable to locate package"):
        debian.program("tool", "tool-package", lambda _: None)
    assert log.exists()
    assert not (log.parent / "cache" / "code24-workers" / "debian-tool-package").exists()


def test_a_package_without_the_program(log: Path) -> None:
    with pytest.raises(debian.DebianFailed, match="has no program other"):
        debian.program("other", "tool-package", lambda _: None)


def test_a_machine_without_apt(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (log.parent / "programs" / "apt-get").unlink()
    monkeypatch.setenv("PATH", str(log.parent / "programs"))
    with pytest.raises(debian.DebianFailed, match="there is no apt-get"):
        debian.program("tool", "tool-package", lambda _: None)
