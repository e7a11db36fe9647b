"""Actions: everything that changes an account, as frozen values, and the one order in which they are carried out.

The order keeps a worker serving: what a script binds to exists before the script, a script before the routing that
leads to it, routing before the zone route that leads to the dispatcher. Removal follows the same order: the zone route
is detached before the entry that it served, so that an entry left by a crash tells of a zone route that may be left,
too; scripts go once nothing leads to them, and storage goes last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workers_operator.domain.content import Content
from workers_operator.domain.serving import Mark, Paths, Target, with_target, without_script

ScriptId = tuple[str, int]  # (hash, instance)


@dataclass(frozen=True, slots=True)
class EnsureDispatchNamespace:
    """Create a dispatch namespace unless it exists."""

    name: str

    def __str__(self) -> str:
        return f"create dispatch namespace {self.name}"


@dataclass(frozen=True, slots=True)
class SetTrust:
    """Have a dispatch namespace trust the scripts that are uploaded from now on, or not."""

    namespace: str
    trusted: bool

    def __str__(self) -> str:
        return (
            f"make dispatch namespace {self.namespace} {'trusted' if self.trusted else 'untrusted'}"
        )


@dataclass(frozen=True, slots=True)
class EnsureKVNamespace:
    """Create a KV namespace unless one of this title exists."""

    title: str

    def __str__(self) -> str:
        return f"create KV namespace {self.title}"


@dataclass(frozen=True, slots=True)
class EnsureBucket:
    """Create an R2 bucket unless it exists."""

    name: str

    def __str__(self) -> str:
        return f"create R2 bucket {self.name}"


@dataclass(frozen=True, slots=True)
class ClaimNamespace:
    """Write the key that tells whose the KV namespace with the routing table is."""

    namespace: str  # id
    owner: Mapping[str, object]
    value: str = field(
        repr=False, compare=False
    )  # holds a random key: equal plans may differ in it

    def __str__(self) -> str:
        return f"claim KV namespace {self.namespace}"


@dataclass(frozen=True, slots=True)
class PutObject:
    """Write an R2 object."""

    bucket: str
    key: str
    data: bytes = field(repr=False)
    content_type: str = ""

    def __str__(self) -> str:
        return f"write {self.key} to R2 bucket {self.bucket}"


@dataclass(frozen=True, slots=True)
class EnsureScript:
    """Upload a Worker of the account unless it bears these tags, which identify its content.

    ``shared``: several plans may want it at the same time, each with its own content; the newest counts. ``reason``:
    why it is uploaded whatever its tags; "" for one whose tags tell.
    """

    name: str
    tags: frozenset[str]
    content: Content = field(repr=False)
    shared: bool = False
    reason: str = ""

    def __str__(self) -> str:
        return f"deploy {self.name}{f' ({self.reason})' if self.reason else ''}"


@dataclass(frozen=True, slots=True)
class Upload:
    """Upload one instance's script to the dispatch namespace. ``anew``: over one of this name, whatever it holds."""

    script: str
    instance: int
    reason: str
    anew: bool = False

    def __str__(self) -> str:
        return f"upload {self.script} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Detach:
    """Delete a zone route that leads to the dispatcher, unless another worker has taken over what it serves.

    ``route``: the routing entry (host, path) that it served; ``script_name``: the worker that gives it up.
    """

    pattern: str
    route: tuple[str, str] = ("", "")
    script_name: str = ""

    def __str__(self) -> str:
        return f"detach {self.pattern}"


@dataclass(frozen=True, slots=True)
class Publish:
    """Change a worker's routing entries and its mark in one go. ``taken``: whose script led (host, path) until now.

    ``value``: of the worker's key; None: what goes with the upload of its version. Entries that another worker has got
    since the plan was made stay with that one.
    """

    script_name: str
    targets: Mapping[tuple[str, str], Target]  # (host, path) -> target
    hosts: frozenset[str]  # every host on which the worker's routes become exactly ``targets``
    mark: Mark | None  # None: remove the worker's key
    reason: str
    taken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    value: str | None = None

    def apply_to(self, host: str, paths: Paths) -> Paths:
        """Return the routes of ``host`` after this change; other workers' routes stay."""
        mine = {p: t for (h, p), t in self.targets.items() if h == host}
        result = without_script(paths, self.script_name)
        for path, target in mine.items():
            holder = result.get(path)
            if holder is None or holder.script_name == self.taken.get((host, path)):
                result = with_target(result, path, target)
        return result

    def __str__(self) -> str:
        return f"publish ({self.reason})"


@dataclass(frozen=True, slots=True)
class Attach:
    """Have a zone route lead to the dispatcher. ``zone``: its zone's id.

    ``former``: the dispatcher from which an existing route may be switched; "" for none.
    """

    pattern: str
    zone: str
    dispatcher: str
    former: str = ""

    def __str__(self) -> str:
        return f"attach {self.pattern}"


@dataclass(frozen=True, slots=True)
class ReleaseRoute:
    """Delete a zone route of another platform that takes the requests of a route which needs none here.

    ``route``: the routing entry (host, path) that serves them; ``script_name``: the worker that it leads to;
    ``former``: the other platform's dispatcher. Zone routes that are needed here are switched by an Attach.
    """

    pattern: str
    route: tuple[str, str]
    script_name: str
    former: str

    def __str__(self) -> str:
        return f"release {self.pattern}"


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a script that nothing leads to."""

    script: str
    reason: str

    def __str__(self) -> str:
        return f"remove {self.script} ({self.reason})"


@dataclass(frozen=True, slots=True)
class DeleteAccountScript:
    """Delete a Worker of the account, unless another Worker is bound to it."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"delete {self.name} ({self.reason})"


@dataclass(frozen=True, slots=True)
class DeleteKVNamespace:
    """Delete a KV namespace with its keys, unless another script is bound to it."""

    title: str
    id: str

    def __str__(self) -> str:
        return f"delete KV namespace {self.title}"


@dataclass(frozen=True, slots=True)
class DeleteBucket:
    """Delete an R2 bucket, unless it holds objects."""

    name: str

    def __str__(self) -> str:
        return f"delete R2 bucket {self.name}"


Action = (
    EnsureDispatchNamespace | EnsureKVNamespace | EnsureBucket | ClaimNamespace | SetTrust | PutObject
    | EnsureScript | Upload | Detach | Publish | Attach | ReleaseRoute | Remove | DeleteAccountScript
    | DeleteKVNamespace | DeleteBucket
)  # fmt: skip

_ORDER: Final[tuple[type, ...]] = (
    EnsureDispatchNamespace, EnsureKVNamespace, EnsureBucket, ClaimNamespace, SetTrust, PutObject,
    EnsureScript, Upload, Detach, Publish, Attach, ReleaseRoute, Remove, DeleteAccountScript,
    DeleteKVNamespace, DeleteBucket,
)  # fmt: skip


def ordered(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return actions in the order in which they have to be carried out; actions of one kind keep theirs."""
    return tuple(sorted(actions, key=lambda action: _ORDER.index(type(action))))


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done, in order.

    ``superseded``: scripts to be removed once the KV consistency window has passed.
    """

    actions: tuple[Action, ...] = ()
    superseded: frozenset[ScriptId] = frozenset()

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """The uploads, in order."""
        return tuple(a for a in self.actions if isinstance(a, Upload))

    @property
    def publish(self) -> Publish | None:
        """The change of the routing table, if there is one."""
        return next((a for a in self.actions if isinstance(a, Publish)), None)

    @property
    def detach(self) -> tuple[str, ...]:
        """The patterns of the zone routes that are deleted."""
        return tuple(a.pattern for a in self.actions if isinstance(a, Detach))

    @property
    def attach(self) -> tuple[str, ...]:
        """The patterns of the zone routes that are created."""
        return tuple(a.pattern for a in self.actions if isinstance(a, Attach))

    @property
    def removals(self) -> tuple[Remove, ...]:
        """The scripts that are deleted, in order."""
        return tuple(a for a in self.actions if isinstance(a, Remove))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is done and why, in order, in words."""
        return tuple(str(action) for action in self.actions)

    @property
    def empty(self) -> bool:
        """Whether nothing has to be done."""
        return not self.actions
