"""Programs in JavaScript that use the SDK, as Node runs them."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.sdk import FOLDER
from toolchain import npm

API: Final = "https://api.code24.dev"
"""The address that examples have."""
_SECONDS: Final = 100.0
# Requests to the address of the examples go to the gateway of the test.
_PRELOAD: Final = """
const real = globalThis.fetch;
globalThis.fetch = (url, init) => real(String(url).replace("%s", process.env.GATEWAY_URL), init);
"""


def run(folder: Path, program: str, gateway: str, token: str) -> subprocess.CompletedProcess[str]:
    """The finished process of a module that has the package installed; all that it prints is in ``stdout``."""
    packages = folder / "node_modules"
    packages.mkdir(parents=True)
    (packages / "code24-workers-api").symlink_to(FOLDER)
    (folder / "preload.mjs").write_text(_PRELOAD % API)
    (folder / "program.mjs").write_text(program)
    variables: Mapping[str, str] = {"GATEWAY_URL": gateway, "CODE24_API_TOKEN": token}
    return subprocess.run(
        [npm.node(lambda text: None), "--import", "./preload.mjs", "program.mjs"],
        cwd=folder,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
