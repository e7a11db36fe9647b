"""Download Kubernetes release files. Networks without access to them are detected within seconds.

There are two sources: the archives of setup-envtest (etcd, kube-apiserver, kubectl; an index lists
their SHA-512 sums), and the official Kubernetes release binaries for the rest (each with a .sha512
file). A file whose sum does not match is rejected.
"""

import hashlib
import os
import queue
import shutil
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.request import urlopen

import yaml

from local_cluster.binaries.target import KUBERNETES_VERSION, GoPlatform
from local_cluster.progress import Progress, Step

INDEX = (
    "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml"
)
RELEASES = "https://dl.k8s.io/release"
IN_ARCHIVE = ("etcd", "kube-apiserver", "kubectl")

PROBE_SECONDS = 2.5
"""Timeout for the index and the sums; a network with access is faster."""
READ_SECONDS = 30.0
"""Timeout of a download without progress."""

Open = Callable[[str, float], BinaryIO]
"""Opens a URL with a socket timeout in seconds. Raises OSError."""


def open_url(url: str, timeout: float) -> BinaryIO:
    """Open a URL with the standard library, which honors the usual proxy variables."""
    return cast(BinaryIO, urlopen(url, timeout=timeout))


@dataclass(frozen=True)
class Offer:
    """A file that contains some of the executables, and its expected SHA-512 sum."""

    names: tuple[str, ...]
    url: str
    sha512: str


def release_url(name: str, target: GoPlatform) -> str:
    """Return the URL of an official release binary."""
    return f"{RELEASES}/{KUBERNETES_VERSION}/bin/{target.system}/{target.machine}/{name}"


def offers(names: Collection[str], target: GoPlatform, answers: Mapping[str, bytes]) -> list[Offer]:
    """Return the files to download for `names`, based on the fetched index and sums (by URL)."""
    result = []
    missing = list(names)
    releases = yaml.safe_load(answers.get(INDEX, b"{}")).get("releases", {})
    archive = f"envtest-{KUBERNETES_VERSION}-{target}.tar.gz"
    entry = releases.get(KUBERNETES_VERSION, {}).get(archive)
    inside = tuple(name for name in missing if name in IN_ARCHIVE)
    if entry and inside:
        result.append(Offer(inside, entry["selfLink"], entry["hash"]))
        missing = [name for name in missing if name not in inside]
    for name in missing:
        url = release_url(name, target)
        if answer := answers.get(f"{url}.sha512"):
            result.append(Offer((name,), url, answer.decode().split()[0]))
    return result


class Releases:
    """The release files of one platform."""

    def __init__(
        self, target: GoPlatform, open_url: Open = open_url, *, patience: float = PROBE_SECONDS
    ) -> None:
        self._target = target
        self._patience = patience
        self._open = open_url

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        """Download the available ones of `names` into `folder`; report failures in one line each."""
        sums = [f"{release_url(name, self._target)}.sha512" for name in names if name != "etcd"]
        answers, refusals = _ask([INDEX, *sums], self._open, self._patience)
        found = offers(names, self._target, answers)
        if not found:
            reason = refusals[0] if refusals else f"{KUBERNETES_VERSION} is not available"
            progress.say(f"Downloading release files: skipped ({reason})")
        for offer in found:
            try:
                self._take(offer, folder, progress)
            except (OSError, tarfile.TarError, ValueError) as error:
                progress.say(f"{offer.url} was rejected: {error}")

    def _take(self, offer: Offer, folder: Path, progress: Progress) -> None:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="download.") as scratch:
            file = Path(scratch) / "file"
            with progress.step(f"downloading {', '.join(offer.names)}") as step:
                with self._open(offer.url, READ_SECONDS) as source, file.open("wb") as target:
                    actual = _copy(source, target, step)
                if actual != offer.sha512:
                    raise ValueError("its SHA-512 sum is not the published one")
                ready = (
                    _unpack(file, offer.names)
                    if offer.url.endswith(".gz")
                    else {offer.names[0]: file}
                )
            for name, path in ready.items():
                path.chmod(0o755)
                path.replace(folder / name)


def _copy(source: BinaryIO, target: BinaryIO, step: Step) -> str:
    """Copy everything and return the SHA-512 sum in hexadecimal."""
    digest = hashlib.sha512()
    size = 0
    while chunk := source.read(1 << 18):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
        step.update(f"{size / 1e6:.0f} MB")
    return digest.hexdigest()


def _unpack(archive: Path, names: Sequence[str]) -> dict[str, Path]:
    """Extract the named files next to the archive, ignoring their directories inside it."""
    result = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            name = os.path.basename(member.name)
            source = tar.extractfile(member) if name in names else None
            if source is not None:
                result[name] = archive.with_name(name)
                with source, result[name].open("wb") as target:
                    shutil.copyfileobj(source, target)
    return result


def _ask(
    urls: Sequence[str], open_url: Open, patience: float
) -> tuple[dict[str, bytes], list[str]]:
    """Fetch small files concurrently; return the contents by URL, and the errors.

    The requests run in daemon threads that may be abandoned, because an unresponsive name server
    blocks for longer than any socket timeout.
    """
    arrived: queue.Queue[tuple[str, bytes | OSError]] = queue.Queue()

    def fetch(url: str) -> None:
        try:
            with open_url(url, patience) as source:
                arrived.put((url, source.read(1 << 20)))
        except OSError as error:
            arrived.put((url, error))

    for url in urls:
        threading.Thread(target=fetch, args=(url,), daemon=True).start()
    answers: dict[str, bytes] = {}
    refusals: list[str] = []
    deadline = time.monotonic() + patience
    for _ in urls:
        try:
            url, answer = arrived.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return answers, [*refusals, "no answer in time"]
        if isinstance(answer, OSError):
            refusals.append(str(getattr(answer, "reason", answer)))
        else:
            answers[url] = answer
    return answers, refusals
