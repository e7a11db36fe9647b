"""The required executables, their version, and the platform."""

from dataclasses import dataclass

from local_cluster.errors import LocalClusterError

KUBERNETES_VERSION = "v1.37.2"
"""Must match `go.mod`; a test compares the two."""

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
"""The executables, in field order of `assets.Binaries`."""

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class GoPlatform:
    """A platform by its GOOS and GOARCH names, for example linux and amd64."""

    system: str
    machine: str

    @classmethod
    def of(cls, system: str, machine: str) -> "GoPlatform":
        """Convert the values of `platform.system()` and `platform.machine()`."""
        try:
            return cls(_SYSTEMS[system], _MACHINES[machine])
        except KeyError:
            raise LocalClusterError(
                f"the local cluster runs on Linux or macOS on amd64 or arm64, not {system} on {machine}"
            ) from None

    def __str__(self) -> str:
        return f"{self.system}-{self.machine}"
