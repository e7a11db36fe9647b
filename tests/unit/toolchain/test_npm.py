"""What npm installs: whole or not at all, once, and anew where what is there is of no use."""

from pathlib import Path

import pytest

from toolchain import npm

INSTALLS = "#!/bin/sh\nmkdir -p node_modules && cp package.json node_modules/wanted\n"


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock, and on PATH an npm that installs one file."""
    folder = tmp_path / "lock"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}")
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(INSTALLS)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return folder


def test_what_is_there_is_left_alone(lock: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "one"
    wanted = folder / "node_modules" / "wanted"
    npm.install(lock, folder, print, wanted.exists)
    wanted.write_text("kept")
    npm.install(lock, folder, print, wanted.exists)
    assert wanted.read_text() == "kept"


def test_a_folder_of_another_machine_is_replaced(lock: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "one"
    (folder / "node_modules").mkdir(parents=True)
    wanted = folder / "node_modules" / "wanted"
    npm.install(lock, folder, print, wanted.exists)
    assert wanted.read_text() == "{}"


def test_npm_fails_in_its_own_words_and_leaves_nothing(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "bin" / "npm").write_text("#!/bin/sh\necho no such package >&2\nexit 1\n")
    folder = tmp_path / "cache" / "one"
    with pytest.raises(npm.NpmFailed, match="npm failed with 1:\nno such package"):
        npm.install(lock, folder, print, folder.exists)
    assert [path.name for path in folder.parent.iterdir()] == ["one.lock"]
