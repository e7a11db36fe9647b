"""The dispatcher on a workerd of its own, one for each module."""

from collections.abc import Iterator

import pytest

from workers.dispatching import Edge
from workers.workerd import run_workerd, worker


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    dispatcher = worker(
        {"main.js": "dispatcher_harness.js", "dispatcher.js": "dispatcher.js"},
        'bindings = [(name = "USER", service = "user")]',
    )
    user = worker({"main.js": "user.js"})
    services = [f'(name = "edge", worker = {dispatcher})', f'(name = "user", worker = {user})']
    sockets = {"http": '"edge"', "control": '(name = "edge", entrypoint = "control")'}
    with run_workerd(tmp_path_factory.mktemp("dispatcher"), services, sockets) as ports:
        served = Edge(ports["http"], ports["control"])
        yield served
        served.close()
