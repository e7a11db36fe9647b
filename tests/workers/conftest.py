"""What several modules use: the dispatcher on a workerd of its own, a site to ask, paths that nobody else asks for."""

import itertools
from collections.abc import Iterator

import pytest

from workers.dispatching import SELECTOR, Edge
from workers.templates import Site
from workers.workerd import run_workerd, worker

_numbers = itertools.count()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


@pytest.fixture
def path() -> str:
    """A path of this test alone, so that no other test has cached it."""
    return f"/page-{next(_numbers)}"


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    dispatcher = worker(
        {name: name for name in ("dispatcher_harness.js", "dispatcher.js", "platform_bindings.js")},
        f'bindings = [(name = "USER", service = "user"), (name = "PROBE_KEY", text = "{SELECTOR.key.hex()}")]',
    )
    user = worker({"main.js": "user.js"})
    services = [f'(name = "edge", worker = {dispatcher})', f'(name = "user", worker = {user})']
    sockets = {"http": '"edge"', "control": '(name = "edge", entrypoint = "control")'}
    with run_workerd(tmp_path_factory.mktemp("dispatcher"), services, sockets) as ports:
        served = Edge(ports["http"], ports["control"])
        yield served
        served.close()
