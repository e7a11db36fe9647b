"""The GraphQL API: its schema, its limits, and how it refuses."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from edge.metrics import ask, rows, settled
from edge.rig import Edge, Schemas

HELLO = "export default { fetch: () => new Response('hello') }"
ACCOUNT = "viewer { accounts(filter: {accountTag: $account}) { %s } }"


def query(inner: str, variables: str = "") -> str:
    return f"query($account: string{variables}) {{ {ACCOUNT % inner} }}"


def dataset(arguments: str, fields: str = "sum { requests }") -> str:
    return query(f"workersInvocationsAdaptive({arguments}) {{ {fields} }}")


def ago(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def problem(edge: Edge, text: str, **variables: Any) -> str:
    """The message of the only error, which comes with status 200 and without data."""
    answer = await ask(edge, text, **variables)
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] is None
    assert len(body["errors"]) == 1, body
    error = body["errors"][0]
    assert datetime.fromisoformat(error["extensions"]["timestamp"]).tzinfo == UTC
    return str(error["message"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax Error"),
        ("", "Syntax Error"),
        (dataset("limit: 1", "sum { nonsense }"), 'unknown field "nonsense"'),
        (dataset("limit: 1", "sum { requests { x } }"), "scalar fields must have no selections"),
        (dataset("limit: 1", "sum"), "object field must have selections"),
        (dataset("filter: {}"), "error parsing args"),
        (dataset("limit: 1, colour: 2"), "error parsing args"),
        (dataset("limit: 1, filter: {hostname: \"x\"}"), "error parsing args"),
        (dataset("limit: 0"), "limit must be positive number and not greater than 10000"),
        (dataset("limit: 10001"), "limit must be positive number and not greater than 10000"),
        (dataset("limit: \"x\""), "limit must be positive number and not greater than 10000"),
        (dataset("limit: 1, filter: {datetime_geq: \"soon\"}"), "'soon' is not a time"),
        (dataset("limit: 1, filter: {isDispatcher: \"x\"}"), "'x' is not a number"),
        (dataset("limit: 1, filter: {date_gt: \"2019-12-09\"}"), "cannot request data older than 7776000s"),
        (f"mutation {{ {ACCOUNT % 'accountTag'} }}".replace("$account", '"x"'), "mutation"),
        ("{ viewer { accounts { accountTag } } }", "accountTag is required"),
        ('{ viewer { accounts(filter: {accountTag: "f00"}) { accountTag } } }', "not authorized for that account"),
    ],
)  # fmt: skip
async def test_a_wrong_query_is_refused(edge: Edge, text: str, message: str) -> None:
    answer = await ask(edge, text)
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] is None
    assert message in body["errors"][0]["message"], body


async def test_an_error_tells_where_it_is(edge: Edge) -> None:
    body = (await ask(edge, dataset("limit: 0"))).json()
    assert body["errors"][0]["path"] == ["viewer", "accounts", "0", "workersInvocationsAdaptive"]


async def test_a_query_spans_a_month_at_most(edge: Edge) -> None:
    text = query(
        "workersInvocationsAdaptive(limit: 1, filter: {datetime_geq: $from, datetime_leq: $to}) { sum { requests } }",
        ", $from: Time!, $to: Time!",
    )
    assert "query time range is too large" in await problem(
        edge, text, **{"from": ago(days=60), "to": ago(days=1)}
    )
    answer = await ask(edge, text, **{"from": ago(days=60), "to": ago(days=30)})
    assert answer.json()["errors"] is None


async def test_too_many_fields_and_datasets_are_refused(edge: Edge) -> None:
    levels = ("P25", "P50", "P75", "P90", "P95", "P99", "P999")
    names = ("cpuTime", "wallTime", "duration", "requestDuration", "responseBodySize")
    every = " ".join(f"{name}{level}" for name in names for level in levels)
    times = "date datetime datetimeMinute datetimeFiveMinutes datetimeFifteenMinutes datetimeHour status"
    sums = "requests errors subrequests duration wallTime cpuTimeUs responseBodySize"
    fields = f"quantiles {{ {every} }} dimensions {{ {times} }} sum {{ {sums} clientDisconnects requestDuration }}"
    assert "number of fields can't be more than" in await problem(edge, dataset("limit: 1", fields))
    one = "workersInvocationsAdaptive(limit: 1) { sum { requests } }"
    text = query(" ".join(f"a{number}: {one}" for number in range(31)))
    assert "queries too many nodes" in await problem(edge, text)


async def test_bodies_that_are_no_queries_are_refused(edge: Edge) -> None:
    for content in ("", "[]", "{", "text"):
        answer = await edge.api.post("/graphql", content=content)
        assert answer.status_code == 400
    answer = await edge.api.post("/graphql", json={"variables": {}})
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["message"]


async def test_a_token_is_needed(edge: Edge) -> None:
    async with edge.client("wrong") as client:
        answer = await client.post("/graphql", json={"query": "{ viewer { budget } }"})
    assert answer.status_code == 403


async def test_the_schema_can_be_asked_for(edge: Edge) -> None:
    text = """query($name: String!) { type: __type(name: $name) { fields { name description } }
      filter: __type(name: "AccountWorkersInvocationsAdaptiveFilter_InputObject") { inputFields { name } } }"""
    answer = await ask(edge, text, name="AccountWorkersInvocationsAdaptiveQuantiles")
    data = answer.json()["data"]
    described = {field["name"]: field["description"] for field in data["type"]["fields"]}
    assert described["cpuTimeP50"] == "CPU time 50th percentile - microseconds"
    keys = {field["name"] for field in data["filter"]["inputFields"]}
    assert {"scriptName_in", "datetimeHour_geq", "status_neq", "scriptName_like", "AND"} <= keys


async def test_the_settings_of_the_dataset_are_told(edge: Edge) -> None:
    limits = "enabled maxDuration maxPageSize notOlderThan maxNumberOfFields availableFields"
    answer = await ask(edge, query(f"settings {{ workersInvocationsAdaptive {{ {limits} }} }}"))
    found = answer.json()["data"]["viewer"]["accounts"][0]["settings"]["workersInvocationsAdaptive"]
    assert found["enabled"] is True
    assert (found["maxDuration"], found["notOlderThan"]) == (2678400, 7776000)
    assert {"sum_requests", "quantiles_cpuTimeP50", "scriptName"} <= set(found["availableFields"])


@pytest.fixture
async def scripts(edge: Edge, name: str) -> list[str]:
    """Three scripts with 1, 2 and 3 requests."""
    names = [f"{name}-{suffix}" for suffix in ("a", "b", "c")]
    for count, script in enumerate(names, 1):
        await edge.script(script, HELLO)
        for _ in range(count):
            assert (await edge.get(script)).status_code == 200
    await settled(edge, {script: count for count, script in enumerate(names, 1)})
    return names


async def test_rows_are_filtered(edge: Edge, scripts: list[str]) -> None:
    async def counted(**filters: Any) -> dict[str, int]:
        within = {"AND": [{"scriptName_in": scripts}, filters]}
        found = await rows(edge, "dimensions { scriptName } sum { requests }", **within)
        return {row["dimensions"]["scriptName"][-1]: row["sum"]["requests"] for row in found}

    first, second, _ = scripts
    everything = {"a": 1, "b": 2, "c": 3}
    assert await counted() == everything
    assert await counted(scriptName=second) == {"b": 2}
    assert await counted(scriptName_neq=second) == {"a": 1, "c": 3}
    assert await counted(scriptName_notin=[first, second]) == {"c": 3}
    assert await counted(scriptName_gt=first) == {"b": 2, "c": 3}
    assert await counted(scriptName_like="%-c") == {"c": 3}
    assert await counted(scriptName_notlike="%-c") == {"a": 1, "b": 2}
    assert await counted(OR=[{"scriptName": first}, {"scriptName": second}]) == {"a": 1, "b": 2}
    assert await counted(datetime_geq=ago(minutes=5), datetime_leq=ago(minutes=-1)) == everything
    assert await counted(datetime_lt=ago(minutes=5)) == {}
    assert await counted(datetimeHour_geq=ago(hours=2)) == everything
    assert await counted(date_lt="2026-01-01") == {}
    assert await counted(dispatchNamespaceName="", isDispatcher=0, status="success") == everything
    assert await counted(status="scriptThrewException") == {}


async def test_rows_are_grouped_sorted_and_limited(edge: Edge, scripts: list[str]) -> None:
    text = query(
        "workersInvocationsAdaptive(limit: 2, filter: {scriptName_in: $names}, orderBy: $order) "
        "{ ...row } ",
        ", $names: [string!], $order: [AccountWorkersInvocationsAdaptiveOrderBy!]",
    ) + "fragment row on AccountWorkersInvocationsAdaptive { sum { requests } dimensions { scriptName } }"  # fmt: skip
    for order, expected in (
        (["sum_requests_DESC"], [3, 2]),
        (["sum_requests_ASC"], [1, 2]),
        (["scriptName_DESC"], [3, 2]),
        ([], [1, 2]),
    ):
        answer = await ask(edge, text, names=scripts, order=order)
        body = answer.json()
        assert body["errors"] is None, body
        found = body["data"]["viewer"]["accounts"][0]["workersInvocationsAdaptive"]
        assert [row["sum"]["requests"] for row in found] == expected
    answer = await ask(edge, text, names=scripts, order=["colour_ASC"])
    assert "colour_ASC" in answer.json()["errors"][0]["message"]


async def test_rows_without_dimensions_are_the_total_or_none(
    edge: Edge, scripts: list[str]
) -> None:
    found = await rows(edge, "sum { requests } avg { sampleInterval }", scriptName_in=scripts)
    assert found == [{"sum": {"requests": 6}, "avg": {"sampleInterval": 1.0}}]
    assert await rows(edge, "sum { requests }", scriptName="nobody") == []


async def test_times_are_cut_to_their_units(edge: Edge, scripts: list[str]) -> None:
    units = {
        "datetime": 1,
        "datetimeMinute": 60,
        "datetimeFiveMinutes": 300,
        "datetimeFifteenMinutes": 900,
        "datetimeHour": 3600,
        "datetimeSixHours": 21600,
    }
    fields = f"dimensions {{ date {' '.join(units)} }}"
    invoked = await rows(edge, fields, scriptName_in=scripts)
    assert invoked
    for row in invoked:
        found = {name: datetime.fromisoformat(row["dimensions"][name]) for name in units}
        for name, width in units.items():
            second = found["datetime"].timestamp()
            assert found[name].timestamp() == second - second % width
        assert row["dimensions"]["date"] == found["datetime"].date().isoformat()


async def test_memory_is_not_known(edge: Edge, scripts: list[str]) -> None:
    found = await rows(edge, "quantiles { memoryUsageBytesP50 }", scriptName_in=scripts)
    assert found == [{"quantiles": {"memoryUsageBytesP50": None}}]


async def test_a_budget_of_queries_runs_out(
    schemas: Schemas, start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path
) -> None:
    with start("--graphql-limit", "3/1m"):
        edge = Edge(tmp_path, schemas)
        left = [(await ask(edge, "{ viewer { budget } }")).json() for _ in range(3)]
        assert [body["data"]["viewer"]["budget"] for body in left] == [2, 1, 0]
        answer = await ask(edge, "{ viewer { budget } }")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 50
        assert "budget depleted" in answer.json()["errors"][0]["message"]
        assert (await edge.api.get("/zones")).status_code == 200
        await edge.close()
