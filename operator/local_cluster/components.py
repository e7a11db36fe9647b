"""The command lines of the three components: a pure function of paths and ports."""

from dataclasses import dataclass
from pathlib import Path

from local_cluster.layout import Layout, Ports

ETCD = "etcd"
APISERVER = "kube-apiserver"
CONTROLLERS = "kube-controller-manager"

ISSUER = "https://kubernetes.default.svc"
"""The issuer and audience of service account tokens, as in most clusters."""

ENABLED_CONTROLLERS = (
    "namespace-controller",  # finishes `kubectl delete namespace`
    "garbage-collector-controller",  # owner references
    "serviceaccount-controller",  # the `default` service account of each namespace
    "clusterrole-aggregation-controller",  # aggregated roles such as `edit`
)


@dataclass(frozen=True)
class Credentials:
    """Files that the components are started with; see `credentials.py`."""

    signing_key: Path
    verification_key: Path
    tokens: Path
    controllers_kubeconfig: Path


def etcd(binary: Path, layout: Layout, ports: Ports) -> list[str]:
    """etcd without fsync: much faster, and a local cluster may lose a second to a power cut."""
    client = f"http://127.0.0.1:{ports.etcd}"
    peer = f"http://127.0.0.1:{ports.etcd_peer}"
    return [
        str(binary),
        f"--data-dir={layout.etcd_data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        "--unsafe-no-fsync",
        "--quota-backend-bytes=8589934592",  # load tests rewrite a lot between two compactions
        "--heartbeat-interval=20",  # a lone member elects itself; waiting for others is idle time
        "--election-timeout=200",
        "--log-level=warn",
    ]


def apiserver(binary: Path, layout: Layout, ports: Ports, credentials: Credentials) -> list[str]:
    """The API server with RBAC, an audit log, and admission at its defaults.

    The ServiceAccount admission plugin is for pods alone; without it no token secrets are looked
    for.
    """
    return [
        str(binary),
        f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        f"--cert-dir={layout.certificates}",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports.apiserver}",
        f"--service-account-key-file={credentials.verification_key}",
        f"--service-account-signing-key-file={credentials.signing_key}",
        f"--service-account-issuer={ISSUER}",
        "--authorization-mode=RBAC",
        f"--token-auth-file={credentials.tokens}",
        "--anonymous-auth=false",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount",
        "--endpoint-reconciler-type=none",  # nothing in the cluster could use that endpoint
        f"--audit-policy-file={layout.audit_policy}",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-maxsize=1024",  # MiB; readers follow one file, so rotate late
        "--audit-log-maxbackup=1",
        "--max-requests-inflight=2000",  # load tests send what a fleet of controllers would
        "--max-mutating-requests-inflight=1000",
        "--profiling=false",
    ]


def controllers(binary: Path, credentials: Credentials) -> list[str]:
    """The controller manager with the housekeeping controllers only."""
    return [
        str(binary),
        f"--kubeconfig={credentials.controllers_kubeconfig}",
        f"--service-account-private-key-file={credentials.signing_key}",
        f"--controllers={','.join(ENABLED_CONTROLLERS)}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=500",  # at the default of 20, 10,000 owned objects take 8 minutes to go
        "--kube-api-burst=1000",
        "--profiling=false",
    ]
