"""Evaluates calls of the SDK, in the environment that has it: a line of JSON in, a line of JSON out."""

import json
import os
import sys
from typing import Any

from cloudflare import Cloudflare  # type: ignore[import-not-found]

_STORE = """export default { async fetch(request, env) {
  const [, kind, key] = new URL(request.url).pathname.split('/');
  if (kind === 'kv') return new Response((await env.KV.get(key)) ?? 'nothing');
  return new Response(String(await env.BUCKET.head(key)));
} };"""
_DISPATCHER = """export default { fetch(request, env) {
  return env.SPACE.get(new URL(request.url).pathname.slice(1)).fetch(request);
} };"""


def file(source: str) -> tuple[str, bytes, str]:
    return ("index.js", source.encode(), "application/javascript+module")


def module(text: str) -> tuple[str, bytes, str]:
    variables = "${env.A ?? '-'} ${env.B ?? '-'}"
    return file(
        f"export default {{ fetch: (request, env) => new Response(`{text} {variables}`) }};"
    )


def shown(value: Any) -> str:
    """A result as text: models as JSON, pages as their items."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) or (hasattr(value, "__iter__") and hasattr(value, "result")):
        return "\n".join(shown(item) for item in value)
    if hasattr(value, "to_json"):
        return str(value.to_json())
    return json.dumps(value, default=str)


def main() -> None:
    account = {"account_id": os.environ["CLOUDFLARE_ACCOUNT_ID"]}
    names = {
        "client": Cloudflare(max_retries=0),
        "A": account,
        "Z": {"zone_id": os.environ["CLOUDFLARE_ZONE_ID"]},
        "S": {**account, "script_name": "sdk"},
        "module": module,
        "store": lambda: file(_STORE),
        "dispatcher": lambda: file(_DISPATCHER),
    }
    for line in sys.stdin:
        try:
            answer = {"failed": False, "text": shown(eval(json.loads(line), names))}
        except Exception as error:
            answer = {"failed": True, "text": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
