"""The pure parts of the workers' JavaScript, tested by node's own runner."""

import subprocess
from pathlib import Path

import pytest

from toolchain import npm

FOLDER = Path(__file__).parent / "node"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.test.js")), ids=lambda file: file.name)
def test_javascript(file: Path) -> None:
    node = npm.node(lambda text: None)
    hook = str(FOLDER / "resolve.js")
    command = [
        node,
        "--no-warnings",
        "--import",
        hook,
        "--test",
        "--test-reporter",
        "spec",
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 0" not in done.stdout
