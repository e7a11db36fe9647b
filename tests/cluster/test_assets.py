"""Where the programs come from: the order of the sources, and what each is asked for."""

import io
import threading
from collections.abc import Collection
from pathlib import Path

import pytest

from local_cluster import LocalClusterError
from local_cluster.binaries import assets, build
from local_cluster.binaries.target import NAMES, GoPlatform
from local_cluster.files import locked
from local_cluster.progress import Progress


def put(folder: Path, *names: str) -> Path:
    """A folder with programs of these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


class FakeSource:
    """Has some of the programs, and remembers what it was asked for."""

    def __init__(self, *has: str) -> None:
        self._has = has
        self.asked: list[list[str]] = []

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        self.asked.append(list(names))
        put(folder, *(name for name in names if name in self._has))


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(output: io.StringIO) -> Progress:
    return Progress(output)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing on PATH and an empty cache."""
    return {"PATH": str(tmp_path / "path"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def cached(environment: dict[str, str]) -> Path:
    """The one folder of the cache."""
    (folder,) = (path for path in assets.cache_folder(environment).iterdir() if path.is_dir())
    return folder


def test_what_is_built_from_another_source_is_not_taken(
    environment: dict[str, str], progress: Progress
) -> None:
    assets.ensure(progress, environment=environment, sources=[FakeSource(*NAMES)])
    folder = cached(environment)
    built = folder / build.file_name("kube-controller-manager")
    (folder / "kube-controller-manager").rename(built)
    found = assets.ensure(progress, environment=environment, sources=[])
    assert found.kube_controller_manager == built
    built.rename(folder / "kube-controller-manager-01234567")
    with pytest.raises(LocalClusterError, match="no source has kube-controller-manager"):
        assets.ensure(progress, environment=environment, sources=[])


def test_kubebuilder_assets_come_first(
    environment: dict[str, str], progress: Progress, tmp_path: Path
) -> None:
    named = put(tmp_path / "assets", *NAMES)
    put(tmp_path / "path", "kubectl")
    source = FakeSource(*NAMES)

    found = assets.ensure(
        progress, environment={**environment, "KUBEBUILDER_ASSETS": str(named)}, sources=[source]
    )

    assert {path.parent for path in found.paths()} == {named}
    assert source.asked == []


def test_each_source_is_asked_for_what_the_ones_before_lack(
    environment: dict[str, str], progress: Progress, tmp_path: Path
) -> None:
    named = put(tmp_path / "assets", "etcd")
    put(tmp_path / "path", "kubectl", "kube-apiserver")  # of these only kubectl counts on PATH
    first, second = FakeSource("kube-apiserver"), FakeSource(*NAMES)

    found = assets.ensure(
        progress,
        environment={**environment, "KUBEBUILDER_ASSETS": str(named)},
        sources=[first, second],
    )

    assert first.asked == [["kube-apiserver", "kube-controller-manager"]]
    assert second.asked == [["kube-controller-manager"]]
    assert found.etcd.parent == named
    assert found.kubectl.parent == tmp_path / "path"
    assert found.kube_apiserver.parent == found.kube_controller_manager.parent
    assert found.kube_apiserver.parent == cached(environment)


def test_what_is_cached_is_not_made_again(environment: dict[str, str], progress: Progress) -> None:
    source = FakeSource(*NAMES)

    assert not assets.are_there(environment)
    first = assets.ensure(progress, environment=environment, sources=[source])
    assert assets.are_there(environment)
    second = assets.ensure(progress, environment=environment, sources=[source])

    assert first == second
    assert len(source.asked) == 1


def test_a_program_that_no_source_has_is_named(
    environment: dict[str, str], progress: Progress
) -> None:
    with pytest.raises(LocalClusterError, match="no source has etcd, kubectl for"):
        assets.ensure(
            progress,
            environment=environment,
            sources=[FakeSource("kube-apiserver", "kube-controller-manager")],
        )


def test_the_second_process_waits_for_the_first_and_takes_what_it_made(
    environment: dict[str, str], progress: Progress, output: io.StringIO
) -> None:
    source = FakeSource(*NAMES)
    assets.ensure(progress, environment=environment, sources=[source])
    folder = cached(environment)
    (folder / "etcd").unlink()
    thread = threading.Thread(
        target=lambda: assets.ensure(progress, environment=environment, sources=[source])
    )

    with locked(folder.parent / f"{folder.name}.lock"):
        thread.start()
        while "waiting for another process" not in output.getvalue():
            thread.join(0.01)
        put(folder, "etcd")
    thread.join()

    assert len(source.asked) == 1


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [("Linux", "x86_64", "linux-amd64"), ("Darwin", "arm64", "darwin-arm64")],
)
def test_platforms_are_named_as_go_names_them(system: str, machine: str, expected: str) -> None:
    assert str(GoPlatform.of(system, machine)) == expected


def test_a_platform_without_kubernetes_is_refused() -> None:
    with pytest.raises(LocalClusterError, match="not Windows on AMD64"):
        GoPlatform.of("Windows", "AMD64")
