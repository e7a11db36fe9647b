"""The operator's own Workers on an account: dispatcher, service router and outbound Worker."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workers_operator.account.platforms import Platform
from workers_operator.domain import names, services
from workers_operator.domain.content import Binding, Content, Sealed
from workers_operator.domain.egress import policy
from workers_operator.domain.errors import Stalled
from workers_operator.domain.health.selection import BINDING, ProbeSigner
from workers_operator.domain.plan.actions import EnsureScript
from workers_operator.domain.plan.platform import account_script, version_of
from workers_operator.domain.services import Callee
from workers_operator.domain.tampering import UNKNOWN, Fingerprint, is_left_alone, newest
from workers_operator.domain.tenancy import ownership
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.engine.priority import Priority
from workers_operator.index.index import Entitled, Index
from workers_operator.reconcilers import repairing
from workers_operator.resources import ScriptStatus
from workers_operator.sources import templates


def is_confining(platform: Platform, index: Index) -> bool:
    """Whether there is an outbound Worker: the platform or one of its workers has a list of hosts, or once had.

    It stays with its bindings once it is deployed: routing entries of confined workers outlive their objects.
    """
    dispatch = platform.config.dispatch
    deployed = platform.snapshot.account_scripts.content.tags.get(dispatch.outbound)
    return (
        dispatch.policy.allow is not None
        or ownership.of_account_script(deployed) == ownership.OURS
        or index.has_confined(platform.config.name, _entitled(platform, index))
    )


def callees(platform: Platform, index: Index) -> Sequence[Callee]:
    """Return the workers that the service router leads to: those that others call, or have called."""
    return index.callees(platform.config.name, _entitled(platform, index))


def _entitled(platform: Platform, index: Index) -> Entitled:
    """Return what tells whether a worker counts: it serves, or it has a grant. Others get nothing deployed."""
    tenancy, labels_of = platform.config.tenancy, index.namespaces.labels

    def entitled(claim: Claim) -> bool:
        mark = platform.snapshot.mark(claim.script_name)
        if mark is not None and mark.uid == claim.uid:
            return True
        return tenancy.rights_of(claim, labels_of(claim.key.namespace)) is not None

    return entitled


async def selector_of(platform: Platform, priority: Priority) -> ProbeSigner | None:
    """Return what signs the operator's own requests; None if the platform's key is malformed. Raises CloudflareError.

    Workers serve all the same, and whoever has secrets says what is wrong with the key.
    """
    namespace = platform.provisioned.metadata_namespace
    try:
        return ProbeSigner.of(await platform.observer.fingerprint_key(namespace, priority))
    except Stalled:
        return None


def own_scripts(
    platform: Platform, callees: Sequence[Callee], selector: ProbeSigner | None, *, confining: bool
) -> Sequence[EnsureScript]:
    """Return what deploys everything that leads to workers, in order: a Worker after those that it is bound to.

    ``callees``: the workers that others call; ``selector``: signs the operator's own requests; None: they are not.
    """
    scripts = [_outbound(platform)] if confining else []
    scripts.append(_dispatcher(platform, selector, confining))
    if callees:
        scripts.append(_service_router(platform, callees, confining))
    return scripts


def check_owned(
    platform: Platform, scripts: Iterable[EnsureScript], found: Mapping[str, frozenset[str]]
) -> None:
    """Raise Stalled if the account has a Worker of the same name that is not ours. ``found``: name → tags."""
    dispatcher = platform.config.dispatch.dispatcher
    title = platform.config.storage.metadata_title
    for script in scripts:
        reads = title if script.name == dispatcher else None
        ownership.check_account_script(script.name, found.get(script.name), metadata_title=reads)


def _dispatcher(platform: Platform, selector: ProbeSigner | None, confining: bool) -> EnsureScript:
    config = platform.config
    dataset = config.storage.analytics_dataset
    bindings = [
        *_routing_bindings(platform, confining),
        {"type": "analytics_engine", "name": "WORKERS_ANALYTICS", "dataset": dataset},
        {"type": "plain_text", "name": "ENVIRONMENT", "text": config.environment},
    ]
    if config.dispatch.policy.parent_domain_cookies:
        allowed = {"type": "plain_text", "name": "PARENT_DOMAIN_COOKIES", "text": "allow"}
        bindings.append(allowed)
    key = {} if selector is None else {BINDING: Sealed(selector.key.hex())}
    content = Content(templates.dispatcher(), tuple(bindings), key)
    tag = names.metadata_tag(config.storage.metadata_title)
    return account_script(config.dispatch.dispatcher, content, tag)


def _service_router(platform: Platform, callees: Sequence[Callee], confining: bool) -> EnsureScript:
    code = templates.service_router(services.router_exports(callees))
    content = Content(code, tuple(_routing_bindings(platform, confining)))
    return account_script(platform.config.dispatch.service_router, content, shared=True)


def _outbound(platform: Platform) -> EnsureScript:
    dispatch = platform.config.dispatch
    rules = policy.settings(dispatch.policy.allow, dispatch.policy.allow_private)
    content = Content(templates.outbound(), ({"type": "json", "name": "EGRESS", "json": rules},))
    return account_script(dispatch.outbound, content)


def _routing_bindings(platform: Platform, confining: bool) -> list[Binding]:
    """Return the bindings of everything that leads requests to workers.

    DISPATCHER leads to workers that nobody confines; there is none if the platform confines all.
    """
    dispatch, metadata = platform.config.dispatch, platform.provisioned.metadata_namespace
    found: list[Binding] = []
    if dispatch.policy.allow is None:
        found.append(_to_namespace("DISPATCHER", dispatch.namespace))
    if confining:
        outbound = {
            "worker": {"service": dispatch.outbound},
            "params": [{"name": policy.PARAMETER}],
        }
        found.append(_to_namespace("CONFINED", dispatch.namespace, outbound=outbound))
    found.append({"type": "kv_namespace", "name": "WORKER_METADATA", "namespace_id": metadata})
    return found


def _to_namespace(name: str, namespace: str, **more: Any) -> Binding:
    return {"type": "dispatch_namespace", "name": name, "namespace": namespace, **more}


# --- what somebody else has changed -----------------------------------------------------------------------------------


def foreign_workers(
    platform: Platform, scripts: Iterable[EnsureScript], noted: Iterable[ScriptStatus]
) -> frozenset[str]:
    """Return which of the operator's own Workers on the account somebody else has changed."""
    listed = platform.snapshot.account_scripts.content.fingerprints
    ours = _left_on_account(platform, scripts, noted)
    return frozenset(
        name
        for name, left in ours.items()
        if name in listed and not is_left_alone(listed[name], left)
    )


def workers_as_left(
    platform: Platform, scripts: Iterable[EnsureScript], noted: Iterable[ScriptStatus]
) -> tuple[ScriptStatus, ...]:
    """Return how the operator's own Workers were left, as a status records it; one that is new to it, as it is."""
    scripts = list(scripts)
    listed = platform.snapshot.account_scripts.content.fingerprints
    ours = _left_on_account(platform, scripts, noted)
    found = {s.name: ours.get(s.name) or listed.get(s.name, UNKNOWN) for s in scripts}
    versions = {s.name: version_of(s) for s in scripts}
    return tuple(
        s.model_copy(update={"version": versions[s.name]}) for s in repairing.recorded(found)
    )


def _left_on_account(
    platform: Platform, scripts: Iterable[EnsureScript], noted: Iterable[ScriptStatus]
) -> Mapping[str, Fingerprint]:
    """Return how the operator left its own Workers; what is recorded of another version holds no more."""
    noted = list(noted)
    versions, left = {s.name: s.version for s in noted}, repairing.fingerprints(noted)
    known = {
        s.name: newest(
            left.get(s.name) if versions.get(s.name) == version_of(s) else None,
            platform.snapshot.uploaded_to_account(s.name),
        )
        for s in scripts
    }
    return {name: found for name, found in known.items() if found not in (None, UNKNOWN)}
