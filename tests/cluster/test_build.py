"""Building from Go modules, with a shell script in Go's place: what is asked, what is shown."""

import io
import os
import re
from pathlib import Path

import pytest

from local_cluster import LocalClusterError
from local_cluster.binaries import build
from local_cluster.binaries.build import GoBuild
from local_cluster.binaries.target import KUBERNETES_VERSION
from local_cluster.progress import Progress
from local_cluster.run import components
from local_cluster.run.components import CONTROLLERS

GO = """#!/bin/sh
echo "$@ GOCACHE=$GOCACHE GOFLAGS=$GOFLAGS GOGC=$GOGC GOMEMLIMIT=$GOMEMLIMIT GOMAXPROCS=$GOMAXPROCS" >> "$LOG"
case "$1" in
version) echo "go version go$GO_VERSION linux/amd64" ;;
env) echo "$LOG.modules" ;;
list)
  shift 2
  printf '%s\\n' fmt os "$@"
  touch "$LOG.listed" ;;
build)
  echo "niceness $(nice)" >> "$LOG"
  mkdir -p "$GOCACHE"
  if [ -n "$BROKEN" ]; then echo "undefined: something" >&2; exit 1; fi
  while [ "$1" != -o ]; do shift; done
  folder="$2"
  shift 2
  echo "go: downloading example.test/module v1.0.0" >&2
  until [ -e "$LOG.listed" ]; do sleep 0.05; done
  printf 'fmt\\nos\\n' >&2
  sleep 1
  for package in "$@"; do
    echo "$package" >&2
    name="${package%/v3}"
    echo "program $name" > "$folder${name##*/}" && chmod +x "$folder${name##*/}"
  done
  sleep 0.6 ;;
esac
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH with a `go` that writes down how it is called."""
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(GO)
    go.chmod(0o755)
    path = f"{go.parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return {"PATH": path, "LOG": str(tmp_path / "calls"), "GO_VERSION": "1.26.0"}


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    (tmp_path / "cache" / "programs").mkdir(parents=True)
    return tmp_path / "cache"


def test_the_module_pins_the_version_that_the_programs_call_themselves() -> None:
    module = (build.MODULE / "go.mod").read_text()
    assert re.search(rf"k8s\.io/kubernetes {re.escape(KUBERNETES_VERSION)}\b", module)
    published = {name: path for name, path in build.PACKAGES.items() if name != CONTROLLERS}
    assert all(path in module for path in published.values())


def test_the_controllers_of_this_project_are_part_of_the_module() -> None:
    [name] = re.findall(r"^module (\S+)$", (build.MODULE / "go.mod").read_text(), re.MULTILINE)
    folder = Path(build.PACKAGES[CONTROLLERS]).relative_to(name)
    source = (build.MODULE / folder / "main.go").read_text()
    assert all(f'"{controller}":' in source for controller in components.ENABLED_CONTROLLERS)


def test_it_builds_what_is_missing_and_says_how_far_it_is(
    environment: dict[str, str], cache: Path
) -> None:
    output = io.StringIO()
    progress = Progress(output, live=True)

    GoBuild(cache, environment).provide(["etcd", "kubectl"], cache / "programs", progress)

    assert sorted(path.name for path in (cache / "programs").iterdir()) == ["etcd", "kubectl"]
    assert [path.name for path in cache.iterdir()] == ["programs"]  # Go's build cache is removed
    calls = Path(environment["LOG"]).read_text()
    assert f"gitVersion={KUBERNETES_VERSION}" in calls
    assert "GOFLAGS=-mod=readonly" in calls
    [limit] = set(re.findall(r"GOGC=off GOMEMLIMIT=(\d+) ", calls))
    assert int(limit) * 4 <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    [threads] = set(re.findall(r"GOMAXPROCS=(\d+)$", calls, re.MULTILINE))
    [compilers] = re.findall(r"build -v -p=(\d+) ", calls)
    assert 1 <= int(threads) <= max(1, int(compilers) // 2), "as many compilers as cores"
    assert f"niceness {min(19, os.nice(0) + 10)}" in calls, (
        "the edge, which starts beside it, goes first"
    )
    assert calls.count("\nbuild ") == 1, "side by side: one links while others are compiled"
    assert "compiling: 2 of 4 packages" in output.getvalue()
    assert "compiling: 4 of 4 packages, linking server" in output.getvalue()
    programs = {name: (cache / "programs" / name).read_text() for name in ("etcd", "kubectl")}
    assert programs == {
        "etcd": "program go.etcd.io/etcd/server\n",
        "kubectl": "program k8s.io/kubernetes/cmd/kubectl\n",
    }


def test_what_is_built_from_this_projects_source_is_named_after_it(
    environment: dict[str, str], cache: Path
) -> None:
    GoBuild(cache, environment).provide(
        [CONTROLLERS], cache / "programs", Progress(io.StringIO(), live=True)
    )
    [made] = (cache / "programs").iterdir()
    assert re.fullmatch(rf"{CONTROLLERS}-[0-9a-f]{{8}}", made.name)
    assert made.read_text() == "program local-cluster/binaries/controllers\n"


def test_before_it_knows_how_much_there_is_to_compile_it_says_what_has_been_downloaded() -> None:
    lines = [
        "go: downloading example.test/a v1.0.0",
        "go: downloading example.test/b v1.0.0",
        "fmt",
    ]
    assert build.done_so_far(lines, frozenset(), ["example.test/cmd/a"]) == "2 modules downloaded"


def test_a_failing_build_shows_why_and_leaves_no_program(
    environment: dict[str, str], cache: Path
) -> None:
    builder = GoBuild(cache, {**environment, "BROKEN": "yes"})

    with pytest.raises(
        LocalClusterError, match=r"(?s)failed with exit code 1.*undefined: something"
    ):
        builder.provide(["etcd"], cache / "programs", Progress(io.StringIO()))

    assert list((cache / "programs").iterdir()) == []


def test_without_a_new_enough_go_and_without_packages_the_error_says_what_to_do(
    environment: dict[str, str], cache: Path
) -> None:
    offline = {
        **environment,
        "GO_VERSION": "1.25.9",
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": "/dev/null",
    }

    with pytest.raises(LocalClusterError, match=r"Go 1\.26 or newer is needed"):
        GoBuild(cache, offline).provide(["etcd"], cache / "programs", Progress(io.StringIO()))
