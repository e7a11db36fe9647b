"""Command lines of the three components, as pure functions of paths and ports."""

from pathlib import Path

from local_cluster.access.credentials import CredentialFiles
from local_cluster.layout import Layout, Ports

ETCD = "etcd"
APISERVER = "kube-apiserver"
CONTROLLERS = "kube-controller-manager"

ISSUER = "https://kubernetes.default.svc"
"""Issuer and audience of service account tokens, as in most clusters."""

AUDIT_POLICY = Path(__file__).with_name("audit-policy.yaml")

ENABLED_CONTROLLERS = (
    "namespace-controller",  # finishes `kubectl delete namespace`
    "garbage-collector-controller",  # owner references
    "serviceaccount-controller",  # the `default` service account of each namespace
    "clusterrole-aggregation-controller",  # aggregated roles such as `edit`
)


def etcd(binary: Path, layout: Layout, ports: Ports) -> list[str]:
    """Return the command line of etcd, without fsync.

    This is much faster, and a local cluster may lose its last second in a power failure.
    """
    client = f"http://127.0.0.1:{ports.etcd}"
    peer = f"http://127.0.0.1:{ports.etcd_peer}"
    return [
        str(binary),
        f"--data-dir={layout.etcd_data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        "--unsafe-no-fsync",
        "--quota-backend-bytes=8589934592",  # load tests write a lot between two compactions
        "--heartbeat-interval=20",  # a single member elects itself, so waiting is pointless
        "--election-timeout=200",
        "--log-level=warn",
    ]


def apiserver(
    binary: Path, layout: Layout, ports: Ports, credentials: CredentialFiles
) -> list[str]:
    """Return the command line of the API server, with RBAC, an audit log and default admission.

    Only the ServiceAccount admission plugin is disabled: it concerns pods alone.
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
        "--endpoint-reconciler-type=none",  # no pods could use the endpoint
        f"--audit-policy-file={AUDIT_POLICY}",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-maxsize=1024",  # MiB; readers follow one file, so rotate late
        "--audit-log-maxbackup=1",
        "--max-requests-inflight=2000",  # load tests act like many controllers
        "--max-mutating-requests-inflight=1000",
        "--profiling=false",
    ]


def controllers(binary: Path, credentials: CredentialFiles) -> list[str]:
    """Return the command line of the controller manager, with the housekeeping controllers only."""
    return [
        str(binary),
        f"--kubeconfig={credentials.controllers_kubeconfig}",
        f"--controllers={','.join(ENABLED_CONTROLLERS)}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=500",  # at the default of 20, deleting 10,000 owned objects takes 8 minutes
        "--kube-api-burst=1000",
        "--profiling=false",
    ]
