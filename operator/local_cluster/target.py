"""What is needed: which programs, in which version, for which machine."""

from dataclasses import dataclass

from local_cluster.errors import LocalClusterError

KUBERNETES_VERSION = "v1.37.2"
"""The version in `binaries/go.mod`, too; a test compares them."""

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
"""The programs, in the order of `assets.Binaries`."""

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Target:
    """A platform in Go's words, for example linux and amd64."""

    system: str
    machine: str

    @classmethod
    def of(cls, system: str, machine: str) -> "Target":
        """From the words of `platform.system()` and `platform.machine()`."""
        try:
            return cls(_SYSTEMS[system], _MACHINES[machine])
        except KeyError:
            raise LocalClusterError(
                f"a local cluster needs Linux or macOS on amd64 or arm64, not {system} on {machine}"
            ) from None

    def __str__(self) -> str:
        return f"{self.system}-{self.machine}"
