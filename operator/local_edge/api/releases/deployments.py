"""/accounts/{account_id}/workers/scripts/{script_name}/deployments: which versions run, for what share of requests."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.releases import views
from local_edge.api.releases.finding import find_version
from local_edge.api.requests import Paging, flag, object_of, source_of
from local_edge.api.scripts.bindings import SECRETS
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.jsontypes import Json, JsonObject, list_at, object_at, text_at
from local_edge.storage.releases.deployments import Release, Shares
from local_edge.storage.scripts import Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptVersion

MAX_VERSIONS = 2
_PAGE = 100
WeightedVersion = tuple[ScriptVersion, float]
"""A version with its percentage."""
_TOLERANCE = 1e-6  # of the sum of percentages, which may have fractions
_MAX_MESSAGE = 1000  # bytes


class DeploymentEndpoints:
    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._stores = stores
        self._deployer = deployer
        self._finder = ScriptFinder(stores)

    async def list(self, request: Request) -> Response:
        """List deployments, latest first: the first one is in effect."""
        script = self._finder.undeployed(request)
        page, query = Paging.of(request, default=_PAGE), request.query_params
        since, until = query.get("since", ""), query.get("until", "~")  # `~` is after any time
        found = [
            release
            for release in self._stores.scripts.releases.all(script.namespace, script.name)
            if since <= release.created_on <= until
        ]
        items = page.cut(found)
        info = page.info(count=len(items), total=len(found))
        return ok({"deployments": [views.deployment(release) for release in items]}, info=info)

    async def get(self, request: Request) -> Response:
        return ok(views.deployment(self._find(request)))

    async def create(self, request: Request) -> Response:
        """Deploy one or two versions. With `?force=true`, secrets may change back to earlier values."""
        script, body = self._finder.undeployed(request), await object_of(request)
        if body.get("strategy") != "percentage":
            raise ApiError(400, 10210, "Invalid deployment: the strategy must be 'percentage'.")
        versions = self._versions(script, list_at(body, "versions") or [])
        if not flag(request, "force"):
            self._check_secrets(script, [version for version, _ in versions])
        shares: Shares = [(version.id, percentage) for version, percentage in versions]
        release = Release(shares, source_of(request), _annotations(object_at(body, "annotations")))
        await self._deployer.release(script, release)
        return ok(views.deployment(release))

    async def delete(self, request: Request) -> Response:
        release, script = self._find(request), self._finder.undeployed(request)
        active = self._stores.scripts.releases.active(script.namespace, script.name)
        if active is not None and active.id == release.id:
            raise ApiError(400, 10338, "The active deployment cannot be deleted.")
        self._stores.scripts.releases.delete(release.id)
        return ok(None)

    def _find(self, request: Request) -> Release:
        script = self._finder.undeployed(request)
        release = self._stores.scripts.releases.get(
            script.namespace, script.name, request.path_params["deployment_id"]
        )
        if release is None:
            raise ApiError(404, 10336, "This deployment does not exist.")
        return release

    def _versions(self, script: Script, wanted: Sequence[Json]) -> Sequence[WeightedVersion]:
        """Return the versions of a deployment with their percentages, newest first."""
        if not 1 <= len(wanted) <= MAX_VERSIONS:
            text = (
                f"Invalid deployment: it must have 1 to {MAX_VERSIONS} versions, not {len(wanted)}."
            )
            raise ApiError(400, 10210, text)
        pairs = [_pair(item) for item in wanted]
        if len({version_id for version_id, _ in pairs}) < len(pairs):
            raise ApiError(400, 10210, "Invalid deployment: a version is named twice.")
        if abs(sum(percentage for _, percentage in pairs) - 100) > _TOLERANCE:
            raise ApiError(400, 10210, "Invalid deployment: the percentages must add up to 100.")
        found = [
            (find_version(self._stores, script, version_id), percentage)
            for version_id, percentage in pairs
        ]
        return sorted(found, key=lambda pair: -pair[0].number)

    def _check_secrets(self, script: Script, versions: Sequence[ScriptVersion]) -> None:
        """Raise ApiError 10220 if a version older than the running ones would bring back earlier secrets."""
        scripts = self._stores.scripts
        active = scripts.releases.active(script.namespace, script.name)
        running = (
            [scripts.versions.get(version_id) for version_id, _ in active.shares] if active else []
        )
        current = max(filter(None, running), key=lambda version: version.number, default=None)
        if current is None or current.id in [version.id for version in versions]:
            return
        for version in versions:
            changed = (
                sorted(name for name, _ in _secrets(version) ^ _secrets(current))
                if version.number < current.number
                else []
            )
            if changed:
                names = ", ".join(dict.fromkeys(changed))
                text = f"Version '{version.id}' has other secrets than the deployed one. "
                raise ApiError(400, 10220, f"{text}The following secrets have changed: {names}")


def _pair(item: Json) -> tuple[str, float]:
    document = item if isinstance(item, dict) else {}
    version_id, percentage = text_at(document, "version_id"), document.get("percentage")
    if (
        version_id is None
        or isinstance(percentage, bool)
        or not isinstance(percentage, int | float)
    ):
        raise ApiError(
            400, 10210, "Invalid deployment: each version needs a version_id and a percentage."
        )
    if not 0 <= percentage <= 100:
        raise ApiError(400, 10210, f"Invalid deployment: {percentage} is not a percentage.")
    return version_id.lower(), percentage


def _annotations(given: JsonObject) -> JsonObject:
    message = text_at(given, "workers/message")
    if message and len(message.encode()) > _MAX_MESSAGE:
        raise ApiError(
            400, 10210, f"Invalid deployment: the message is longer than {_MAX_MESSAGE} bytes."
        )
    annotations: JsonObject = {"workers/message": message} if message else {}
    return {**annotations, "workers/triggered_by": "deployment"}


def _secrets(version: ScriptVersion) -> set[tuple[str, str]]:
    return {(b.name, b.text("text")) for b in version.bindings if b.type in SECRETS}
