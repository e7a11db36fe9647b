"""Free TCP ports on 127.0.0.1."""

import socket
from collections.abc import Sequence
from contextlib import ExitStack

from local_cluster.layout import Ports


def choose(previous: Ports | None) -> Ports:
    """Return the previous ports if they are still free, else ports chosen by the system.

    Reusing ports keeps kubeconfigs valid. A port is not reserved until its server listens: a caller
    that loses the race must choose again.
    """
    if previous is not None and _bind((previous.etcd, previous.etcd_peer, previous.apiserver)):
        return previous
    picked = _bind((0, 0, 0))
    if picked is None:
        raise OSError("no free port on 127.0.0.1")
    return Ports(*picked)


def _bind(wanted: Sequence[int]) -> list[int] | None:
    """Bind all ports at once, so that they differ; return their numbers, or None if one is taken."""
    with ExitStack() as open_sockets:
        bound = []
        for port in wanted:
            listener = open_sockets.enter_context(socket.socket())
            # Servers do the same: ports with connections in TIME_WAIT count as free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                return None
            bound.append(int(listener.getsockname()[1]))
        return bound
