"""Secrets of account scripts and of scripts in dispatch namespaces. Each change deploys a new version."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import flag, object_of
from local_edge.api.scripts.bindings import SECRETS, parsed, shown
from local_edge.api.scripts.deployer import Deployer, NewBindings
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.jsontypes import Json, JsonObject, object_at
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptBinding

MAX_BULK = 100

Changes = Mapping[str, ScriptBinding | None]
"""Name -> new secret, or None to delete it."""


class SecretEndpoints:
    """Every handler serves both kinds of scripts."""

    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._deployer = deployer
        self._finder = ScriptFinder(stores)

    async def list(self, request: Request) -> Response:
        return ok(shown(self._secrets(request)))

    async def get(self, request: Request) -> Response:
        return ok(shown([self._find(request)])[0])

    async def put(self, request: Request) -> Response:
        script = self._finder.script(request).script
        secret = secret_of(await object_of(request))
        await self._deployer.change_secrets(script, with_changes({secret.name: secret}))
        return ok(shown([secret])[0])

    async def delete(self, request: Request) -> Response:
        script, secret = self._finder.script(request).script, self._find(request)
        await self._deployer.change_secrets(script, with_changes({secret.name: None}))
        return ok(None)

    async def bulk(self, request: Request) -> Response:
        """Set and delete several secrets with one version, as a merge patch: null deletes."""
        script, body = self._finder.script(request).script, await object_of(request)
        if not isinstance(body.get("secrets"), dict):
            raise ApiError(400, 10026, "The request body needs the object 'secrets'.")
        changes = changes_of(object_at(body, "secrets"))
        if changes:
            await self._deployer.change_secrets(script, with_changes(changes))
        return ok({view["name"]: view for view in shown(self._secrets(request))})

    def _secrets(self, request: Request) -> Sequence[ScriptBinding]:
        bindings = self._finder.script(request).version.bindings
        return [binding for binding in bindings if binding.type in SECRETS]

    def _find(self, request: Request) -> ScriptBinding:
        name = request.path_params["secret_name"]
        if flag(request, "url_encoded"):
            name = unquote(name)
        for secret in self._secrets(request):
            if secret.name == name:
                return secret
        raise ApiError(404, 10056, f"Binding '{name}' not found.")


def secret_of(document: Json) -> ScriptBinding:
    """Parse a secret. Raises ApiError for a wrong one."""
    binding = parsed(document)
    if binding.type not in SECRETS:
        raise ApiError(
            400, 10021, f"'{binding.type}' is not a type of secrets: {', '.join(SECRETS)}."
        )
    if not isinstance(binding.fields.get("text"), str):
        raise ApiError(400, 10021, f"The secret '{binding.name}' has no text.")
    return ScriptBinding(binding.name, binding.type, {"text": binding.fields["text"]})


def changes_of(documents: JsonObject) -> Changes:
    """Parse secrets by name; null stands for one to delete."""
    if len(documents) > MAX_BULK:
        raise ApiError(400, 10026, f"At most {MAX_BULK} secrets at once, not {len(documents)}.")
    changes: dict[str, ScriptBinding | None] = {}
    for name, document in documents.items():
        named = {"name": name, **document} if isinstance(document, dict) else document
        changes[name] = None if document is None else secret_of(named)
    return changes


def with_changes(changes: Changes) -> NewBindings:
    """Return the function that applies changes of secrets to the bindings of a version."""

    def change(bindings: list[ScriptBinding]) -> list[ScriptBinding]:
        others = {binding.name for binding in bindings if binding.type not in SECRETS}
        taken = sorted(others.intersection(name for name, secret in changes.items() if secret))
        if taken:
            text = f"Binding name '{taken[0]}' already in use. Please use a different name and try again."
            raise ApiError(400, 10053, text)
        kept = [b for b in bindings if b.name in others or b.name not in changes]
        added = [secret for secret in changes.values() if secret is not None]
        return sorted([*kept, *added], key=lambda binding: binding.name)

    return change
