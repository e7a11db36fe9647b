"""Release files: what is taken and what is refused. The network is a function here."""

import gzip
import hashlib
import io
import tarfile
import threading
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError

import pytest
import yaml

from local_cluster.binaries.download import INDEX, Offer, Releases, offers, release_url
from local_cluster.binaries.target import KUBERNETES_VERSION, NAMES, GoPlatform
from local_cluster.progress import Progress

LINUX = GoPlatform("linux", "amd64")
ARCHIVE = f"https://example.test/envtest-{KUBERNETES_VERSION}-linux-amd64.tar.gz"
MANAGER = release_url("kube-controller-manager", LINUX)


class FakeWeb:
    """Files by URL; everything else is not found."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def __call__(self, url: str, timeout: float) -> BinaryIO:
        if url not in self._files:
            raise URLError("not found")
        return io.BytesIO(self._files[url])


def sha512(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()


def archive(*names: str) -> bytes:
    """Like the published one: programs in a folder of the archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in (*names, "../../evil"):
            content = f"program {name}".encode()
            entry = tarfile.TarInfo(f"controller-tools/envtest/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def index(data: bytes, version: str = KUBERNETES_VERSION) -> bytes:
    entry = {"hash": sha512(data), "selfLink": ARCHIVE}
    releases = {version: {f"envtest-{version}-linux-amd64.tar.gz": entry}}
    return yaml.safe_dump({"releases": releases}).encode()


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "cache" / "programs"
    target.mkdir(parents=True)
    return target


def test_archive_and_single_binaries_fill_the_folder(folder: Path, output: io.StringIO) -> None:
    packed = archive("etcd", "kube-apiserver", "kubectl")
    web = FakeWeb(
        {
            INDEX: index(packed),
            ARCHIVE: packed,
            MANAGER: b"program",
            f"{MANAGER}.sha512": sha512(b"program").encode() + b"  kube-controller-manager\n",
        }
    )

    Releases(LINUX, web).provide(NAMES, folder, Progress(output))

    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    assert (folder / "etcd").read_text() == "program etcd"
    assert all(path.stat().st_mode & 0o111 for path in folder.iterdir())
    assert list(folder.parent.iterdir()) == [folder]


def test_a_file_with_another_sum_is_not_used(folder: Path, output: io.StringIO) -> None:
    web = FakeWeb({INDEX: index(archive("etcd")), ARCHIVE: gzip.compress(b"something else")})

    Releases(LINUX, web).provide(["etcd"], folder, Progress(output))

    assert list(folder.iterdir()) == []
    assert "its SHA-512 sum is not the published one" in output.getvalue()


def test_a_refusal_is_one_line(folder: Path, output: io.StringIO) -> None:
    def refuse(url: str, timeout: float) -> BinaryIO:
        raise URLError("Name or service not known")

    Releases(LINUX, refuse).provide(NAMES, folder, Progress(output))

    assert output.getvalue() == ("Downloading release files: skipped (Name or service not known)\n")


def test_a_network_that_swallows_everything_is_given_up_on(
    folder: Path, output: io.StringIO
) -> None:
    over = threading.Event()

    def hang(url: str, timeout: float) -> BinaryIO:
        over.wait()
        raise URLError("too late")

    Releases(LINUX, hang, patience=0.05).provide(NAMES, folder, Progress(output))
    over.set()

    assert output.getvalue() == "Downloading release files: skipped (no answer in time)\n"


def test_another_version_is_no_offer() -> None:
    assert offers(NAMES, LINUX, {INDEX: index(b"", version="v1.0.0")}) == []


def test_only_what_is_missing_is_taken() -> None:
    answers = {INDEX: index(b""), f"{MANAGER}.sha512": b"abc"}

    assert offers(["kube-controller-manager"], LINUX, answers) == [
        Offer(("kube-controller-manager",), MANAGER, "abc")
    ]
    assert [offer.names for offer in offers(["etcd", "kubectl"], LINUX, answers)] == [
        ("etcd", "kubectl")
    ]
