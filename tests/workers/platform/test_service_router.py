"""The service router on a real workerd, made of the modules that the operator uploads."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from workers.dispatching import HASH, Edge, code_of, scripts_of
from workers.workerd import run_workerd, worker
from workers_operator.domain import services
from workers_operator.sources import templates

HARNESS = ("services_harness.js", "platform_bindings.js")
KEY = "worker:price-list"
CALLED = (services.Callee("price-list", "u1"), services.Callee("stock", "u2"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, int]]:
    """The ports of a caller's binding to the worker ``price-list``: by fetch and by RPC, and of its control."""
    folder = tmp_path_factory.mktemp("services")
    code = templates.service_router(services.router_exports(CALLED))
    for module in code.modules:
        (folder / module.name).write_bytes(module.data)
    modules = {name: name for name in (*HARNESS, *(module.name for module in code.modules))}
    bound = (
        '(name = "USER", service = "user")',
        '(name = "PRICES", service = (name = "router", entrypoint = "PriceList"))',
    )
    router = worker(modules, f"bindings = [{', '.join(bound)}]")
    declared = [
        f'(name = "router", worker = {router})',
        f'(name = "user", worker = {worker({"main.js": "user.js"})})',
    ]
    sockets = {
        "http": '(name = "router", entrypoint = "PriceList")',
        "control": '(name = "router", entrypoint = "control")',
        "rpc": '(name = "router", entrypoint = "rpc")',
    }
    with run_workerd(folder, declared, sockets) as ports:
        yield ports


@pytest.fixture(scope="module")
def router(served: Mapping[str, int]) -> Iterator[Edge]:
    edge = Edge(served["http"], served["control"])
    yield edge
    edge.close()


def given(router: Edge, scripts: list[str], instances: Any = 1, **more: Any) -> None:
    """The worker as the operator publishes it; ``more`` is further state of the bindings."""
    metadata = {"uid": "u1", "owner": "a/b", "hash": HASH, "instances": instances}
    metadata |= more.pop("metadata", {})
    router.given_metadata({KEY: metadata}, scripts, **more)


def names(router: Edge) -> list[str]:
    return [call["name"] for call in router.seen("calls")]


def test_the_worker_gets_the_request_and_the_caller_its_answer(router: Edge) -> None:
    given(router, scripts_of("price-list", 1))
    got = router.ask("/a?b=c", "PUT", headers={"X-Mine": "1"}, content=b"body").json()
    assert (got["method"], got["body"], got["headers"]["x-mine"]) == ("PUT", "body", "1")
    assert got["url"].endswith("/a?b=c")
    answer = router.ask("/teapot")
    assert (answer.status_code, answer.text) == (418, "short and stout")
    assert (
        answer.headers["Code24-Error"] == "forged"
    )  # another worker's answer is handed on unchanged


def test_calls_are_spread_over_all_instances(router: Edge) -> None:
    given(router, scripts_of("price-list", 4), instances=4)
    for _ in range(200):
        assert router.ask().status_code == 200
    asked = Counter(names(router))
    assert set(asked) == set(scripts_of("price-list", 4))
    assert min(asked.values()) >= 20


def test_an_instance_that_is_out_gets_no_calls(router: Edge) -> None:
    given(router, scripts_of("price-list", 3), instances=3, metadata={"out": [1]})
    for _ in range(60):
        assert router.ask().status_code == 200
    assert set(names(router)) == {scripts_of("price-list", 3)[i] for i in (0, 2)}


def test_another_object_of_the_callees_name_gets_no_calls(router: Edge) -> None:
    given(router, scripts_of("price-list", 1), metadata={"uid": "u3"})
    answer = router.ask()
    assert (answer.status_code, answer.headers["Code24-Error"]) == (503, "worker_unavailable")
    assert names(router) == []


@pytest.mark.parametrize("thrower", ["get", "fetch"])
def test_a_missing_instance_is_replaced_by_another(router: Edge, thrower: str) -> None:
    scripts = scripts_of("price-list", 2)
    given(router, scripts[:1], instances=2, missingThrownBy=thrower)
    for _ in range(20):
        assert router.ask().status_code == 200
    assert scripts[1] in names(router)
    assert names(router).count(scripts[0]) == 20


def test_another_instance_is_called_once_only(router: Edge) -> None:
    given(router, [], instances=5)
    assert router.ask().status_code == 500
    first, second = names(router)
    assert first != second


def test_a_missing_single_instance_is_called_once(router: Edge) -> None:
    given(router, [])
    assert router.ask().status_code == 500
    assert names(router) == scripts_of("price-list", 1)


def test_an_unread_body_goes_to_the_other_instance(router: Edge) -> None:
    given(router, scripts_of("price-list", 1), instances=2, missingThrownBy="get")
    for _ in range(10):
        assert router.ask("/", "POST", content=b"order 7").json()["body"] == "order 7"


def test_a_body_that_was_read_is_not_sent_again(router: Edge) -> None:
    given(router, [], instances=2, missingThrownBy="reading")
    assert router.ask("/", "POST", content=b"order 7").status_code == 500
    assert len(names(router)) == 1


@pytest.mark.parametrize("path", ["/throw", "/cpu"])
def test_an_error_of_the_worker_reaches_its_caller(router: Edge, path: str) -> None:
    given(router, scripts_of("price-list", 2), instances=2)
    assert router.ask(path).status_code == 500  # the exception itself: workerd answers for it
    assert len(names(router)) == 1


@pytest.mark.parametrize(
    ("limits", "options"),
    [
        ({}, {}),
        ({"limits": None}, {}),
        ({"limits": [100, 50]}, {"limits": {"cpuMs": 100, "subRequests": 50}}),
        ({"limits": [None, 50]}, {"limits": {"subRequests": 50}}),
        ({"limits": [100, None]}, {"limits": {"cpuMs": 100}}),
    ],
)
def test_limits_are_passed_to_the_namespace(
    router: Edge, limits: dict[str, Any], options: dict[str, Any]
) -> None:
    given(router, scripts_of("price-list", 1), metadata=limits)
    router.ask()
    assert [(c["args"], c["options"]) for c in router.seen("calls")] == [({}, options)]


def test_what_a_confined_worker_fetches_goes_through_the_outbound_worker(router: Edge) -> None:
    """Whoever calls it."""
    own, namespaces = {"egress": ["api.example.com"]}, ["DISPATCHER", "CONFINED"]
    given(router, scripts_of("price-list", 1), metadata=own, namespaces=namespaces)
    assert router.ask().status_code == 200
    [call] = router.seen("calls")
    assert call["binding"] == "CONFINED"
    assert call["options"] == {"outbound": {"allow": '["api.example.com"]'}}
    given(router, scripts_of("price-list", 1), metadata=own)
    assert code_of(router.ask()) == "worker_unavailable"


def test_a_canary_takes_its_share_of_the_calls(router: Edge) -> None:
    canary = "price-list--cd34ab12--0"
    there = [*scripts_of("price-list", 1), canary]
    given(router, there, metadata={"canary": ["cd34ab12", 1, 50]})
    for number in range(40):
        headers = {"Cloudflare-Workers-Version-Key": f"client {number}"}
        assert router.ask(headers=headers).status_code == 200
    assert set(names(router)) == set(there)
    given(router, scripts_of("price-list", 1), metadata={"canary": ["cd34ab12", 1, 50]})
    assert {router.ask().status_code for _ in range(20)} == {200}  # a missing one costs no call


@pytest.mark.parametrize("canary", [None, "soon", [], [7, -1, "x"], ["cd34ab12", 0, 50]])
def test_a_malformed_canary_takes_no_calls(router: Edge, canary: Any) -> None:
    given(router, scripts_of("price-list", 1), metadata={"canary": canary})
    for _ in range(10):
        assert router.ask().status_code == 200
    assert set(names(router)) == set(scripts_of("price-list", 1))


@pytest.mark.parametrize("metadata", [{}, {KEY: None}, {KEY: {"uid": "u1"}}, {KEY: {"hash": ""}}])
def test_a_worker_that_is_not_deployed(router: Edge, metadata: dict[str, Any]) -> None:
    router.given_metadata(metadata, scripts_of("price-list", 1))
    answer = router.ask()
    assert (answer.status_code, code_of(answer)) == (503, "worker_unavailable")
    assert answer.json()["error"]["message"] == "The service is not available at the moment."
    assert answer.headers["Retry-After"] == "10"


@pytest.mark.parametrize("metadata", [{"hash": HASH, "instances": 0}, {"hash": HASH}])
def test_a_parked_worker(router: Edge, metadata: dict[str, Any]) -> None:
    router.given_metadata({KEY: {"uid": "u1", **metadata}}, scripts_of("price-list", 1))
    answer = router.ask()
    assert (answer.status_code, code_of(answer)) == (503, "parked")
    assert answer.json()["error"]["message"] == "The service is paused."


def test_failing_kv_is_read_once_more(router: Edge) -> None:
    given(router, scripts_of("price-list", 1), kvFailures=1)
    assert router.ask().status_code == 200
    assert [read["key"] for read in router.seen("reads")] == [KEY, KEY]
    assert router.seen("reads")[0]["options"] == {"cacheTtl": 30}


@pytest.mark.parametrize("method", ["total", "getPrice", "toString2"])
def test_a_call_by_rpc_says_that_bindings_carry_fetch_only(
    router: Edge, served: Mapping[str, int], method: str
) -> None:
    given(router, scripts_of("price-list", 1))
    answer = httpx.get(f"http://127.0.0.1:{served['rpc']}/{method}")
    assert answer.status_code == 500
    assert answer.text == (
        f"TypeError: A service binding carries fetch() only: {method}() cannot be called by RPC."
    )
    assert names(router) == []
    assert router.ask().status_code == 200
