"""Asking the customer template "api", as the tests do."""

from typing import Any, Final

import httpx

from workers.templates import Ask, Site, Template

KEYS: Final = {"API_KEYS": "shop:one,partner:two:three\n broken nokey: :noname"}


def asking(api: Template, site: Site) -> Ask:
    """Asks version v1, which lies below /base of the site; ``on``: parameters of the features that are on."""

    def ask(path: str, method: str = "GET", **options: Any) -> httpx.Response:
        on = options.pop("on", {})
        parameters = {"upstreams": [{"version": "v1", "origin": f"{site.url}/base"}]}
        parameters |= options.pop("parameters", {}) | on
        return api.ask(
            path, method, parameters=parameters, features=list(on), secrets=KEYS, **options
        )

    return ask


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error."""
    return answer.status_code, answer.json()["error"]["code"]
