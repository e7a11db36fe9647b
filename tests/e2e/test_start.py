"""What a first ``make up`` shows: the edge at once, and a look at it while the cluster's programs are built.

The cluster stands still until the test lets it go on, as if it were being built; the edge is the real one.
"""

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from support.waiting import holds, until
from toolchain import cache

ROOT: Final = Path(__file__).parents[2]
START: Final = ROOT / "examples" / "start.py"
BUILDS: Final = """#!/bin/sh
echo "building kube-apiserver"
until [ -e "{gate}" ]; do sleep 0.1; done
echo "The cluster is up"
exit {code}
"""
EDGE: Final = '#!/bin/sh\nexec "{python}" -m local_edge.cli "$@"\n'
FAILS: Final = "#!/bin/sh\nexit 7\n"
EDGE_WITHOUT_API: Final = """#!/bin/sh
mkdir -p "{folder}/edge"
for name in CLOUDFLARE_ACCOUNT_ID CLOUDFLARE_ZONE_ID CLOUDFLARE_API_TOKEN; do
  echo "$name=x"
done > "{folder}/edge/edge.env"
echo "CLOUDFLARE_BASE_URL=http://127.0.0.1:1" >> "{folder}/edge/edge.env"
echo "EDGE_URL=http://127.0.0.1:1" >> "{folder}/edge/edge.env"
"""
PROGRAMS: Final = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
INSTALLS: Final = """#!/bin/sh
until grep -q building "{log}"; do sleep 0.1; done
echo "installed beside the build"
"""
PATIENCE: Final = 60.0
AT_ONCE: Final = 8.0  # two programs begin


@dataclass(frozen=True)
class Stage:
    """A folder of programs in place of the virtual environment's, and the folder that is started in.

    The cluster's programs are missing unless ``has_programs``.
    """

    programs: Path
    folder: Path

    @property
    def gate(self) -> Path:
        """The file that lets the cluster go on."""
        return self.folder / "gate"

    def put(self, name: str, script: str) -> None:
        """Puts a program into the folder."""
        path = self.programs / name
        path.write_text(script)
        path.chmod(0o755)

    def has_programs(self) -> None:
        """Puts the cluster's programs where they are looked for."""
        for name in PROGRAMS:
            self.put(name, FAILS)

    def has_cache(self) -> None:
        """Makes a cache with everything but the cluster's programs."""
        made = self._cache / "code24-workers"
        made.mkdir(parents=True)
        for found in cache.cache_folder(os.environ).iterdir():
            if found.name != "kubernetes":
                (made / found.name).symlink_to(found)

    def cluster_builds(self, code: int = 0) -> None:
        """Has the cluster be built until the gate is there, and end with a code."""
        self.put("local-cluster", BUILDS.format(gate=self.gate, code=code))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts both in the background; what it shows is in ``shown``."""
        command: list[str | Path] = [
            self.programs / "python",
            START,
            "--dir",
            self.folder,
            *arguments,
        ]
        with self._output.open("w") as output:
            return subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env={
                    "PATH": "/usr/bin:/bin",
                    "PYTHONPATH": os.pathsep.join(
                        [sysconfig.get_path("purelib"), str(ROOT / "operator")]
                    ),
                    "KUBEBUILDER_ASSETS": str(self.programs),
                    "XDG_CACHE_HOME": str(self._cache),
                },
            )

    @property
    def shown(self) -> str:
        return self._output.read_text()

    @property
    def _output(self) -> Path:
        return self.folder / "shown"

    @property
    def _cache(self) -> Path:
        return self.programs.parent / "cache"

    def shows(self, *texts: str) -> None:
        """Waits until texts are shown, in this order."""
        until(lambda: _in_order(self.shown, texts), lambda: self.shown, PATIENCE)

    def edge(self) -> dict[str, str]:
        """The variables of the edge."""
        lines = (self.folder / "edge" / "edge.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def visit(self, host: str) -> httpx.Response:
        return httpx.get(self.edge()["EDGE_URL"], headers={"Host": host}, timeout=30)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "bin", tmp_path / "local")
    stage.programs.mkdir()
    stage.folder.mkdir()
    stage.has_cache()
    (stage.programs / "python").symlink_to(sys.executable)
    stage.put("local-edge", EDGE.format(python=sys.executable))
    yield stage
    down: list[str | Path] = [
        sys.executable,
        "-m",
        "local_edge.cli",
        "down",
        "--dir",
        stage.folder / "edge",
    ]
    subprocess.run(down, check=True, capture_output=True)


@pytest.mark.parametrize("code", [0, 3])
def test_the_edge_can_be_looked_at_while_the_cluster_is_built(stage: Stage, code: int) -> None:
    stage.cluster_builds(code)
    running = stage.start()
    host = "first-look.code24.dev"
    try:
        stage.shows("running (pid")
        is_there = time.monotonic()
        stage.shows("A first look")
        assert time.monotonic() - is_there < AT_ONCE, "it waits, though programs are missing"
        stage.shows(
            f"serves https://{host}/",
            f"visit 1 of {host}",
            f"visit 2 of {host}",
            "a script with a mistake is refused: ",
            "is being prepared",
            "building kube-apiserver",
        )
        assert "The cluster is up" not in stage.shown
        assert stage.visit(host).text.startswith("visit 3")
        assert (stage.folder / "start.log").read_text() == "building kube-apiserver\n"
    finally:
        stage.gate.touch()
        ended = running.wait(PATIENCE)
    assert ended == code
    stage.shows("building kube-apiserver", "The cluster is up")
    assert not stage.visit(host).is_success, "what was shown is left on the edge"


def test_nobody_looks_when_nothing_has_to_be_built(stage: Stage) -> None:
    stage.cluster_builds()
    stage.has_programs()
    running = stage.start()
    stage.shows("running (pid")
    holds(lambda: "A first look" not in stage.shown, "there is nothing to wait for", 2)
    stage.gate.touch()
    assert running.wait(PATIENCE) == 0
    assert _in_order(stage.shown, ["running (pid", "building kube-apiserver", "The cluster is up"])
    assert "A first look" not in stage.shown
    assert stage.edge()["EDGE_URL"]


def test_an_edge_that_does_not_start_ends_the_cluster_as_well(stage: Stage) -> None:
    stage.cluster_builds()
    stage.put("local-edge", FAILS)
    assert stage.start().wait(PATIENCE) == 7
    found = subprocess.run(["pgrep", "-f", str(stage.gate)], capture_output=True, text=True)
    assert found.stdout == "", "the cluster is still being built"


def test_what_else_is_needed_is_installed_while_the_cluster_is_built(stage: Stage) -> None:
    stage.cluster_builds()
    stage.put("install", INSTALLS.format(log=stage.folder / "start.log"))
    running = stage.start("--install", str(stage.programs / "install"))
    stage.shows("installed beside the build", "running (pid", "A first look")
    stage.gate.touch()
    assert running.wait(PATIENCE) == 0


def test_an_installation_that_fails_ends_the_cluster_as_well(stage: Stage) -> None:
    stage.cluster_builds()
    stage.put("install", FAILS)
    assert stage.start("--install", str(stage.programs / "install")).wait(PATIENCE) == 7
    found = subprocess.run(["pgrep", "-f", str(stage.gate)], capture_output=True, text=True)
    assert found.stdout == "", "the cluster is still being built"


def test_a_first_look_that_fails_does_not_end_the_build(stage: Stage) -> None:
    stage.cluster_builds()
    stage.put("local-edge", EDGE_WITHOUT_API.format(folder=stage.folder))
    running = stage.start()
    stage.shows("Failed. ", "Something is wrong with the local edge", "building kube-apiserver")
    stage.gate.touch()
    assert running.wait(PATIENCE) == 0
    assert "Traceback" not in stage.shown
    stage.put("local-edge", EDGE.format(python=sys.executable))  # for the end of the test


def test_an_option_that_the_edge_does_not_have(stage: Stage) -> None:
    stage.cluster_builds()
    assert stage.start("--no-such-option").wait(PATIENCE) == 2
    assert "--no-such-option" in stage.shown
    assert not (stage.folder / "edge" / "edge.env").exists()


def _in_order(text: str, parts: Sequence[str]) -> bool:
    """Whether a text holds all parts, each after the one before."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
