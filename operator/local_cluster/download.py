"""Downloads release files of Kubernetes: quick where the network allows it, skipped at once where
it does not.

Two places: the archives that setup-envtest uses (etcd, kube-apiserver, kubectl; with a published
index of SHA-512 sums) and Kubernetes' own release binaries for what they lack (a SHA-512 sum beside
each file). A file without a matching sum is not used.
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

from local_cluster.progress import Progress, Step
from local_cluster.target import KUBERNETES_VERSION, Target

INDEX = (
    "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml"
)
RELEASES = "https://dl.k8s.io/release"
IN_ARCHIVE = ("etcd", "kube-apiserver", "kubectl")

PROBE_SECONDS = 2.5
"""How long the index and the sums may take: a network that answers at all is faster."""
READ_SECONDS = 30.0
"""How long a download may stand still."""

Open = Callable[[str, float], BinaryIO]
"""Opens a URL, with a timeout in seconds for each wait. Raises OSError."""


def open_url(url: str, timeout: float) -> BinaryIO:
    """By the standard library, which respects the usual proxy variables."""
    return cast(BinaryIO, urlopen(url, timeout=timeout))


@dataclass(frozen=True)
class Offer:
    """A file that holds some of the programs, and the SHA-512 sum that it must have."""

    names: tuple[str, ...]
    url: str
    sha512: str


def release_url(name: str, target: Target) -> str:
    """Where Kubernetes itself publishes a program."""
    return f"{RELEASES}/{KUBERNETES_VERSION}/bin/{target.system}/{target.machine}/{name}"


def offers(names: Collection[str], target: Target, answers: Mapping[str, bytes]) -> list[Offer]:
    """The fewest files that hold `names`, as far as index and sums (by URL) know them."""
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
    """The release files for one platform."""

    def __init__(
        self, target: Target, open_url: Open = open_url, *, patience: float = PROBE_SECONDS
    ) -> None:
        self._target = target
        self._patience = patience
        self._open = open_url

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        """Downloads what is offered of `names` into `folder`; says in one line why it stops."""
        sums = [f"{release_url(name, self._target)}.sha512" for name in names if name != "etcd"]
        answers, refusals = _ask([INDEX, *sums], self._open, self._patience)
        found = offers(names, self._target, answers)
        if not found:
            reason = refusals[0] if refusals else f"{KUBERNETES_VERSION} is not offered"
            progress.say(f"Downloading release files: skipped ({reason})")
        for offer in found:
            try:
                self._take(offer, folder, progress)
            except (OSError, tarfile.TarError, ValueError) as error:
                progress.say(f"{offer.url} is not used: {error}")

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
    """Copies everything; returns its SHA-512 sum in hexadecimal."""
    digest = hashlib.sha512()
    size = 0
    while chunk := source.read(1 << 18):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
        step.update(f"{size / 1e6:.0f} MB")
    return digest.hexdigest()


def _unpack(archive: Path, names: Sequence[str]) -> dict[str, Path]:
    """Takes the named files out of an archive, beside it, whatever paths they have inside."""
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
    """Fetches small files at once: the answers by URL, and what went wrong with the others.

    In threads that may be left behind: a name server that does not answer would block for longer.
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
