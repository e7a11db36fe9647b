"""The workers that benchmarks are made of: small inline scripts, each of a customer of its own."""

from typing import Any, Final

from bench.kube import Object
from support.handles import API_VERSION
from support.kube import path_of
from support.scripts import says

NAMESPACE: Final = "bench"
KIND: Final = "CustomerWorker"
PLURAL: Final = "customerworkers"
NAMESPACE_OBJECT: Final[Object] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": NAMESPACE},
}


def name_of(number: int) -> str:
    return f"w{number:05d}"


def script_of(number: int, edition: int = 1) -> str:
    """Every worker's code is its own, in each edition."""
    return says(f"{name_of(number)} edition {edition}")


def worker(number: int, **spec: Any) -> Object:
    """One CustomerWorker."""
    name = name_of(number)
    basics = {
        "customerId": f"c{number:05d}",
        "subdomain": name,
        "source": {"inline": {"script": script_of(number)}},
    }
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {**basics, **spec},
    }


def workers(number: int, first: int = 0, **spec: Any) -> list[Object]:
    """Many of them."""
    return [worker(i, **spec) for i in range(first, first + number)]


def collection(obj: Object) -> str:
    """The API path at which an object is created."""
    return path_of(KIND, str(obj["metadata"]["namespace"]))


def path(obj: Object) -> str:
    """The API path of one object."""
    return f"{collection(obj)}/{obj['metadata']['name']}"


def edition(number: int, which: int) -> Object:
    """The merge patch that gives a worker other code."""
    return {"spec": {"source": {"inline": {"script": script_of(number, which)}}}}
