"""Plans of platforms: the foundation that every worker relies on, and what keeps it as it has to be. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.conditions import DISPATCHER, PROVISIONED
from workers_operator.domain.content import Content, Version
from workers_operator.domain.plan.actions import (
    Action,
    Attach,
    ClaimNamespace,
    Detach,
    EnsureBucket,
    EnsureDispatchNamespace,
    EnsureKVNamespace,
    EnsureScript,
    Plan,
    PutObject,
    SetTrust,
    ordered,
)

_VERSION: Final = "version-"  # of the tag with the hash of a Worker's content


@dataclass(frozen=True)
class DesiredPlatform:
    """What a platform needs on its account besides the two namespaces. ``route``: of the dispatcher.

    ``trust``: of the dispatch namespace. ``given_up``: the route of a domain that the platform had before, if there is
    one.
    """

    claim: ClaimNamespace
    bucket: str
    objects: Sequence[PutObject]
    scripts: Sequence[EnsureScript]
    route: Attach
    trust: SetTrust
    given_up: Detach | None = None


@dataclass(frozen=True)
class ObservedPlatform:
    """The platform's part of the account snapshot. ``owner``: whose the KV namespace is; None: nobody's.

    ``trusted``: whether the dispatch namespace is. ``strangers``: scripts in it that the operator did not upload.
    """

    owner: Mapping[str, object] | None
    has_bucket: bool
    account_scripts: Mapping[str, frozenset[str]]  # name -> tags
    zone_routes: Mapping[str, str | None]  # pattern -> script
    trusted: bool = False
    strangers: Collection[str] = ()


def condition_of(action: Action) -> str:
    """Return the condition that the failure of an action concerns."""
    return DISPATCHER if isinstance(action, EnsureScript | Detach | Attach) else PROVISIONED


def account_script(
    name: str, content: Content, *more_tags: str, shared: bool = False
) -> EnsureScript:
    """Return the action that deploys a Worker of ours on the account, with its content's hash among the tags."""
    # Of a secret's value, which is a random key of 256 bits, 32 bits of a hash tell nothing.
    secrets = tuple(
        (n, names.short_hash(v.reveal().encode())) for n, v in sorted(content.secrets.items())
    )
    version = Version(content.code.revision, content.bindings, secrets)
    tags = frozenset((names.MANAGED_BY_TAG, *more_tags, f"{_VERSION}{version.hash}"))
    return EnsureScript(name, tags, content, shared)


def is_deployed(script: EnsureScript, tags: Collection[str] | None) -> bool:
    """Whether a Worker of the account with these tags (None: there is none) is the desired one."""
    return tags is not None and script.tags <= frozenset(tags)


def version_of(script: EnsureScript) -> str:
    """Return the hash of what a Worker of ours holds."""
    return next(t.removeprefix(_VERSION) for t in script.tags if t.startswith(_VERSION))


def plan_foundation(
    *,
    dispatch_namespace: str,
    namespaces: Collection[str],
    metadata_title: str,
    titles: Collection[str],
) -> Plan:
    """Return what creates the two namespaces, given the dispatch namespaces and KV titles that exist."""
    actions: list[Action] = []
    if dispatch_namespace not in namespaces:
        actions.append(EnsureDispatchNamespace(dispatch_namespace))
    if metadata_title not in titles:
        actions.append(EnsureKVNamespace(metadata_title))
    return Plan(ordered(actions))


def plan_platform(desired: DesiredPlatform, observed: ObservedPlatform) -> Plan:
    """Return what makes an account serve its workers. Ownership has been checked."""
    actions: list[Action] = [*desired.objects]
    if observed.owner is None:
        actions.append(desired.claim)
    # Somebody else's scripts may rely on what their namespace trusts them with.
    if observed.trusted != desired.trust.trusted and not observed.strangers:
        actions.append(desired.trust)
    if not observed.has_bucket:
        actions.append(EnsureBucket(desired.bucket))
    actions += (
        s
        for s in desired.scripts
        if s.reason or not is_deployed(s, observed.account_scripts.get(s.name))
    )
    if desired.route.pattern not in observed.zone_routes:
        actions.append(desired.route)
    former = desired.given_up
    if former is not None and observed.zone_routes.get(former.pattern) == desired.route.dispatcher:
        actions.append(former)
    return Plan(ordered(actions))
