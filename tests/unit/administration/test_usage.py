"""What customers' workers have used, as a table, as JSON and as CSV."""

import csv
import io
import json

import httpx
import pytest

from support.calls import Wire, api
from support.platforms import CONFIG
from workers_operator.administration.usage import cli
from workers_operator.administration.usage.counting import UNKNOWN, Usage, of_customers, usage_on
from workers_operator.domain import names

ROWS = [
    {"customer": "acme", "worker": "shop", "requests": 1000, "errors": 3},
    {"customer": "acme", "worker": "blog", "requests": "20", "errors": 0},
    {"customer": "beta", "worker": "site", "requests": 5, "errors": 5},
]
USAGES = [
    Usage("default", "acme", 2, 1020, 3, 1.25, 2_500_000),
    Usage("default", "beta", 1, 5, 5, 0.0, 10),
]


def group(script: str, cpu_us: int, size: int) -> dict[str, object]:
    sums = {"requests": 1, "cpuTimeUs": cpu_us, "responseBodySize": size}
    return {"dimensions": {"scriptName": script}, "sum": sums}


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/sql"):
        return httpx.Response(200, json={"data": ROWS})
    scripts = [
        group(names.versioned_name("shop", "11111111", 0), 1_000_000, 2_000_000),
        group(names.versioned_name("shop", "22222222", 1), 250_000, 500_000),
        group(names.versioned_name("silent", "11111111", 0), 70_000, 1),
        group("somebody-elses", 30_000, 1),
    ]
    accounts = [{"workersInvocationsAdaptive": scripts}]
    return httpx.Response(200, json={"data": {"viewer": {"accounts": accounts}}})


async def test_all_versions_and_instances_of_a_customers_workers_count() -> None:
    wire = Wire(answer)
    found = await usage_on(api(wire), CONFIG, 0, 3600)
    assert list(found) == [
        Usage("default", UNKNOWN, 0, 0, 0, 0.1, 2),
        Usage("default", "acme", 2, 1020, 3, 1.25, 2_500_000),
        Usage("default", "beta", 1, 5, 5),
    ]
    assert len(wire.requests) == 2


def test_customers_can_be_chosen() -> None:
    assert of_customers(USAGES, ["beta", "nobody"]) == USAGES[1:]
    assert of_customers(USAGES, []) == USAGES


def test_a_table_is_for_people() -> None:
    lines = cli._shown(USAGES, "table").splitlines()  # noqa: SLF001
    assert lines[0].split() == [
        "PLATFORM",
        "CUSTOMER",
        "WORKERS",
        "REQUESTS",
        "ERRORS",
        "CPU",
        "EGRESS",
    ]
    assert lines[1].split() == ["default", "acme", "2", "1020", "3", "1.2s", "2.5MB"]


def test_json_and_csv_are_for_programs() -> None:
    assert json.loads(cli._shown(USAGES, "json"))[0]["cpu_seconds"] == 1.25  # noqa: SLF001
    rows = list(csv.DictReader(io.StringIO(cli._shown(USAGES, "csv"))))  # noqa: SLF001
    assert [(row["customer"], row["requests"]) for row in rows] == [("acme", "1020"), ("beta", "5")]


def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--since", "yesterday"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("workers-operator usage: --since: 'yesterday' is neither")
    assert shown.err.count("\n") == 1
