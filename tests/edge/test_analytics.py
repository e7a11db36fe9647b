"""Analytics Engine: what scripts write is there for SQL, and SQL can do nothing else."""

import asyncio
from typing import Any

import pytest

from edge.rig import Edge, until

WRITER = """export default { fetch(request, env) {
  const [kind, page, ms] = new URL(request.url).pathname.slice(1).split("-")
  env.EVENTS.writeDataPoint({ indexes: [page], blobs: [kind, page], doubles: [1, Number(ms)] })
  return new Response("ok")
} }"""
FUNNEL = """SELECT blob1 AS step, SUM(_sample_interval) AS visits,
  quantileWeighted(0.5)(double2, _sample_interval) AS ms
  FROM {0} WHERE timestamp > NOW() - INTERVAL '1' DAY AND blob1 != 'it''s count()'
  GROUP BY step ORDER BY visits DESC"""


async def sql(edge: Edge, query: str) -> Any:
    return await edge.api.post(f"{edge.account}/analytics_engine/sql", content=query)


@pytest.fixture
async def events(edge: Edge, name: str) -> str:
    """A dataset with three views and one order."""
    dataset = name.replace("-", "_")
    binding = {"type": "analytics_engine", "name": "EVENTS", "dataset": dataset}
    await edge.script(name, WRITER, bindings=[binding])
    for path in ("/view-a-10", "/view-b-20", "/view-b-90", "/order-b-40"):
        assert (await edge.get(name, path)).status_code == 200

    async def all_there() -> bool:
        answer = await sql(edge, f"SELECT count() AS n FROM {dataset}")
        return bool(answer.status_code == 200 and answer.json()["data"] == [{"n": 4}])

    await until(all_there, "the points are not there")
    return dataset


async def test_a_funnel(edge: Edge, events: str) -> None:
    found = (await sql(edge, FUNNEL.format(events))).json()
    assert found["data"] == [
        {"step": "view", "visits": 3, "ms": 20.0},
        {"step": "order", "visits": 1, "ms": 40.0},
    ]
    assert found["meta"] == [
        {"name": "step", "type": "String"},
        {"name": "visits", "type": "UInt64"},
        {"name": "ms", "type": "Float64"},
    ]
    assert found["rows"] == 2


async def test_times_are_shown_as_such_and_can_be_grouped(edge: Edge, events: str) -> None:
    query = f"""SELECT toStartOfInterval(timestamp, INTERVAL '1' HOUR) AS hour, uniq(index1) AS pages,
      toUnixTimestamp(MAX(timestamp)) > 1700000000 AS recent FROM {events} GROUP BY hour"""
    found = (await sql(edge, query)).json()
    assert sum(row["pages"] for row in found["data"]) >= 2
    assert found["data"][0]["hour"].endswith(":00:00")
    assert found["meta"][0] == {"name": "hour", "type": "DateTime"}
    assert found["data"][0]["recent"] == 1


@pytest.mark.parametrize(
    ("format_", "expected"),
    [("JSONEachRow", '{"n": 4, "m": 4.0}\n'), ("TabSeparated", "4\t4\n")],
)
async def test_other_formats(edge: Edge, events: str, format_: str, expected: str) -> None:
    answer = await sql(
        edge, f"SELECT count() AS n, SUM(double1) AS m FROM {events} FORMAT {format_}"
    )
    assert answer.text == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT SUM(_sample_interval * double1 * 3) / SUM(_sample_interval) * 1.5 FROM {0}", 4.5),
        ("SELECT SUM(double2) / count() FROM {0}", 40.0),
        ("SELECT (SUM(double2) - 1) / 2 FROM {0}", 79.5),
        ("SELECT 1/2", 0.5),
        ("SELECT log(1)", 0.0),
        ("SELECT round(ln(100), 3)", 4.605),  # the natural logarithm by either name
        ("SELECT floor(log(MAX(double2)) * 2) FROM {0}", 8.0),
        ("SELECT 7 / 2 / 2 /* whole/half */", 1.75),
        ("SELECT count() FROM {0} WHERE blob1 LIKE 'VIEW'", 0),
        ("SELECT count() FROM {0} WHERE blob1 LIKE 'vi%'", 3),
        ("SELECT count() FROM {0} WHERE timestamp > '2020-01-01 00:00:00'", 4),
        ("SELECT count() FROM {0} WHERE timestamp < '2020-01-01 00:00:00'", 0),
        ("SELECT count() FROM {0} WHERE '2020-01-01' <= timestamp AND blob1 = '2020'", 0),
        ("SELECT count() FROM {0} WHERE timestamp BETWEEN '2020-01-01' AND '2020-01-02'", 0),
        ("SELECT count() FROM {0} WHERE timestamp NOT IN ('2020-01-01', '2020-01-02')", 4),
        ("SELECT count() FROM {0} WHERE blob1 != '2020-01-01'", 4),
    ],
)
async def test_numbers_and_texts_are_those_of_clickhouse(
    edge: Edge, events: str, query: str, expected: float
) -> None:
    found = (await sql(edge, query.format(events))).json()
    assert [list(row.values()) for row in found["data"]] == [[expected]]
    assert found["meta"][0]["type"] == ("Float64" if isinstance(expected, float) else "UInt64")


async def test_the_datasets_are_listed_and_a_get_asks_as_well(edge: Edge, events: str) -> None:
    listed = (await sql(edge, "SHOW TABLES")).json()["data"]
    assert {"dataset": events, "type": "dataset"} in listed
    path = f"{edge.account}/analytics_engine/sql"
    query = {"query": f"SELECT blob2 FROM {events} WHERE blob1 = 'order'"}
    assert (await edge.api.get(path, params=query)).json()["data"] == [{"blob2": "b"}]


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE {0}",
        "ATTACH 'x' AS y",
        "INSERT INTO {0} (blob1) VALUES ('x')",
        "PRAGMA journal_mode",
        "SELECT load_extension('x')",
        "SELECT randomblob(3)",
        "SELECT x'00'",
        "SELECT strftime('%Y', timestamp) FROM {0}",
        "SELECT count() FROM {0} WHERE timestamp > 'yesterday'",
        "SELECT * FROM nowhere",
        "SELECT 1; SELECT 2",
        "SELECT count() FROM {0} FORMAT Excel",
        "",
    ],
)
async def test_anything_else_is_refused(edge: Edge, events: str, query: str) -> None:
    answer = await sql(edge, query.format(events))
    assert 400 <= answer.status_code < 500
    assert answer.json()["errors"][0]["message"]


@pytest.mark.timeout(60)
async def test_a_query_without_end_is_cut_off(edge: Edge, events: str) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    answer = await sql(edge, endless)
    assert answer.status_code == 422
    assert (await sql(edge, f"SELECT count() AS n FROM {events}")).json()["data"] == [{"n": 4}]


async def test_no_point_is_lost_when_its_script_is_replaced(edge: Edge, name: str) -> None:
    """The version that has written the points is unloaded at once."""
    dataset, written = name.replace("-", "_"), 0
    binding = {"type": "analytics_engine", "name": "EVENTS", "dataset": dataset}
    await edge.script(name, WRITER, bindings=[binding])
    for number in range(5):
        source = f"// {number}\n{WRITER}"
        upload = asyncio.create_task(edge.upload(f"/scripts/{name}", source, bindings=[binding]))
        while not upload.done():
            assert (await edge.get(name, "/view-a-10")).status_code == 200
            written += 1
        assert (await upload).status_code == 200

    async def all_there() -> bool:
        answer = await sql(edge, f"SELECT count() AS n FROM {dataset}")
        return bool(answer.status_code == 200 and answer.json()["data"] == [{"n": written}])

    await until(all_there, "points are missing")
