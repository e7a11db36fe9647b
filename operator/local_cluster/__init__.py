"""A real Kubernetes control plane on one machine, without containers.

etcd, kube-apiserver and the kube-controller-manager's housekeeping controllers (namespaces, garbage
collection, service accounts), in the style of envtest: enough for CRDs, admission, RBAC, watches
and deletion to behave as they do anywhere; there are no nodes, so nothing runs in pods.

`LocalCluster` is the interface for programs, the command `local-cluster` a thin layer over it.
"""

from local_cluster.cluster import LocalCluster, Status
from local_cluster.errors import LocalClusterError

__all__ = ["LocalCluster", "LocalClusterError", "Status"]
