"""The Code24 Workers Operator: Cloudflare Workers as Kubernetes objects.

Floors, imports go down only: ``cli`` → ``app`` → ``handlers`` → ``reconcilers`` →
``cloudflare | kube | sources | engine`` → ``domain | resources``.
"""

import sys
from importlib.util import find_spec
from types import ModuleType

__version__ = "0.1.0"


def _leave_out_the_synchronous_client() -> None:
    """Makes ``kubernetes`` a package without its ``__init__``, which loads the synchronous client, too.

    kopf imports the package, and we use what is in ``kubernetes.aio``; the rest would cost 7 MiB of memory.
    """
    spec = find_spec("kubernetes") if "kubernetes" not in sys.modules else None
    if spec is not None and spec.submodule_search_locations is not None:
        package = ModuleType("kubernetes")
        package.__spec__, package.__path__ = spec, list(spec.submodule_search_locations)
        sys.modules["kubernetes"] = package


_leave_out_the_synchronous_client()
