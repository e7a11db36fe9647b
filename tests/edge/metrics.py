"""Questions to the GraphQL Analytics API."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from edge.rig import Edge, until

ROWS = """query($account: string, $filter: AccountWorkersInvocationsAdaptiveFilter_InputObject) {
  viewer { accounts(filter: {accountTag: $account}) {
    workersInvocationsAdaptive(limit: 1000, filter: $filter) { %s }
  } }
}"""
COUNTS = "dimensions { scriptName status } sum { requests errors subrequests responseBodySize }"


async def ask(edge: Edge, query: str, **variables: Any) -> httpx.Response:
    """Sends a query with the account as a variable, and more of them."""
    given = {"account": edge.environment["CLOUDFLARE_ACCOUNT_ID"], **variables}
    return await edge.api.post("/graphql", json={"query": query, "variables": given})


async def rows(edge: Edge, fields: str, **filters: Any) -> list[dict[str, Any]]:
    """The dataset's rows."""
    answer = await ask(edge, ROWS % fields, filter=filters)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["errors"] is None, body
    found: list[dict[str, Any]] = body["data"]["viewer"]["accounts"][0][
        "workersInvocationsAdaptive"
    ]
    return found


async def settled(edge: Edge, requests: Mapping[str, int]) -> None:
    """Waits until GraphQL tells of as many invocations of each script; more of them are an error."""
    names: Sequence[str] = list(requests)
    seen: dict[str, int] = {}

    async def all_there() -> bool:
        found = await rows(edge, "dimensions { scriptName } sum { requests }", scriptName_in=names)
        seen.clear()
        seen.update({row["dimensions"]["scriptName"]: row["sum"]["requests"] for row in found})
        for name, count in seen.items():
            assert count <= requests[name], json.dumps(seen)
        return seen == dict(requests)

    await until(all_there, f"{dict(requests)} were expected")


def about(value: float, expected: float, busy: float = 0.0) -> bool:
    """Whether a time is what was asked for, within a tenth. ``busy``: what a busy machine may add."""
    return 0.9 * expected <= value <= 1.1 * expected + busy
