"""Routes of the REST API by the path as it was sent: an encoded slash belongs to a name, and separates nothing."""

from typing import Any
from urllib.parse import unquote

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send


class PathAsSent:
    """Middleware that has requests routed by their raw path. Routes with parameters must be `DecodingRoute`s."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["raw_path"].decode("latin-1")}
        await self._app(scope, receive, send)


class DecodingRoute(Route):
    """A route whose parameters are percent-decoded after the path was matched."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        if match is not Match.NONE:
            parameters: dict[str, Any] = child["path_params"]
            child["path_params"] = {name: unquote(value) for name, value in parameters.items()}
        return match, child
