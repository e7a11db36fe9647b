"""The Code24 Workers Operator: Cloudflare Workers as Kubernetes objects.

Each package belongs to a floor and imports only from its own package and from lower floors:

7  ``cli``, ``documentation``
6  ``app``
5  ``scheduling``, ``authoring``
4  ``reconcilers``
3  ``index``, ``account``, ``settings``
2  ``desired``, ``cloudflare``, ``sources``
1  ``kube``
0  ``domain``, ``resources``, ``engine``
"""

import sys
from importlib.util import find_spec
from types import ModuleType

__version__ = "0.1.0"


def _skip_the_synchronous_client() -> None:
    """Register ``kubernetes`` without running its ``__init__``, which imports the synchronous client.

    kopf and the operator only use ``kubernetes.aio``; the synchronous client would cost 7 MiB of memory.
    """
    spec = find_spec("kubernetes") if "kubernetes" not in sys.modules else None
    if spec is not None and spec.submodule_search_locations is not None:
        package = ModuleType("kubernetes")
        package.__spec__, package.__path__ = spec, list(spec.submodule_search_locations)
        sys.modules["kubernetes"] = package


_skip_the_synchronous_client()
