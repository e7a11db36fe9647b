"""The examples of the REST API's document, each with its answer."""

import json
import os
from typing import Any

import httpx
from demo_kit import Kit

SHOWN = 400  # characters of an answer


def rest_api(kit: Kit) -> None:
    """Send the document's requests to the gateway that ``make up`` has started."""
    kit.step("The REST API", "over the same objects; kubectl and Git see what it changes")
    url = os.environ["API_URL"]
    headers = {"Authorization": f"Bearer {os.environ['API_TOKEN']}"}
    with httpx.Client(base_url=url, headers=headers, timeout=90) as client:
        examples = Examples(kit, client)
        listed = examples.show("GET", "/api/workers/")
        kit.expect(listed["total"] >= 1, "workers are listed")
        brand = {"type": "brand", "customerId": "customer-123", "subdomain": "customer123"}
        deployed = examples.show("POST", "/api/deploy/elite-worker", brand, wait=60)
        kit.expect(deployed["status"] == "ready", "the elite worker is ready")
        examples.show("GET", "/api/monitor/brand-worker-customer-123/metrics")
        script = 'export default { async fetch() { return new Response("Hello World"); } }'
        metadata = {"type": "custom", "customerId": "customer-123", "environment": "staging"}
        new = {"name": "my-worker", "script": script, "metadata": metadata}
        examples.show("POST", "/api/workers/", new, wait=60)
        answer = kit.ask("my-worker").text
        kit.expect(answer == "Hello World", f"the new worker answers; it said {answer}")
        kit.say(f"https://my-worker.{kit.domain}/  {answer}")
        gone = examples.show("DELETE", "/api/workers/my-worker", wait=60)
        kit.expect(gone["deleted"], "the worker is gone")
    kit.say(f"the same for reading: {url}/api/docs")


class Examples:
    """Sends requests and shows them as curl commands. ``wait``: seconds for which the answer may be held."""

    def __init__(self, kit: Kit, client: httpx.Client) -> None:
        self.kit = kit
        self.client = client

    def show(self, method: str, path: str, body: Any = None, wait: int = 0) -> Any:
        """Send a request, show it with its answer, and return the answer."""
        target = f"{path}?wait={wait}" if wait else path
        data = f" -H 'Content-Type: application/json' -d '{json.dumps(body)}'" if body else ""
        self.kit.say(
            f'$ curl -X {method} "$API_URL{target}" -H "Authorization: Bearer $API_TOKEN"{data}'
        )
        answer = self.client.request(method, target, json=body)
        text = answer.text if len(answer.text) <= SHOWN else f"{answer.text[:SHOWN]}…"
        self.kit.say(f"{answer.status_code} {text}")
        self.kit.expect(answer.is_success, f"{method} {path} succeeds")
        return answer.json()
