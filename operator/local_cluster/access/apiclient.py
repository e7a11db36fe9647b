"""A minimal API client for the few requests that starting a cluster needs."""

import http.client
import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 5.0
"""Timeout of one request, in seconds."""


class ApiClient:
    """Sends requests with a bearer token.

    All methods raise OSError or HTTPException while the server is unreachable.
    """

    def __init__(self, url: str, *, authority: Path, token: str) -> None:
        self._address = urlsplit(url)
        self._context = ssl.create_default_context(cafile=str(authority))
        self._token = token

    def get(self, path: str) -> int:
        """Send a GET and return its status code."""
        return self._request("GET", path, None)[0]

    def post(self, path: str, document: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """Send a POST and return its status code and JSON body."""
        status, body = self._request("POST", path, json.dumps(document))
        return status, json.loads(body)

    def _request(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection(
            self._address.hostname or "", self._address.port, timeout=TIMEOUT, context=self._context
        )
        headers = {"Authorization": f"Bearer {self._token}", "User-Agent": "local-cluster"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
