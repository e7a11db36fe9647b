"""A real Kubernetes control plane on one machine, without containers.

It runs etcd, kube-apiserver and the housekeeping controllers of kube-controller-manager (namespaces,
garbage collection, service accounts, aggregated roles), in the style of envtest. CRDs, admission, RBAC, watches and
deletion behave as in any cluster. There are no nodes, so no pods run.

Programs use `LocalCluster`; the command `local-cluster` is a thin layer over it.

- `binaries/` finds, downloads or builds the four executables
- `access/` holds keys, tokens, kubeconfigs and a minimal API client
- `run/` starts and supervises the components
"""

from local_cluster.cluster import ClusterStatus, LocalCluster
from local_cluster.errors import LocalClusterError

__all__ = ["ClusterStatus", "LocalCluster", "LocalClusterError"]
