"""The routing table of one account: the scripts of the dispatch namespace, and the keys of WORKER_METADATA."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workers_operator.account.writes import (
    NamespaceClaimed,
    RoutingWritten,
    ScriptRemoved,
    ScriptUploaded,
    Write,
)
from workers_operator.domain import names
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.serving import Mark, Paths, parse_host_metadata, parse_mark
from workers_operator.domain.tampering import UNKNOWN, Fingerprint
from workers_operator.domain.tenancy.nearby import NearbyHosts
from workers_operator.domain.tenancy.rest import Rests, parse_rest


class Marks(Mapping[str, Mark]):
    """The marks by script name, and by the namespaces of their owners."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}
        self._of: dict[str, set[str]] = {}

    def __getitem__(self, script_name: str) -> Mark:
        return self._marks[script_name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._marks)

    def __len__(self) -> int:
        return len(self._marks)

    def of_namespace(self, namespace: str) -> Mapping[str, Mark]:
        """Return the marks that objects of a namespace have left, whether they are there or not."""
        return {name: self._marks[name] for name in self._of.get(namespace, ())}

    def set(self, script_name: str, mark: Mark | None) -> None:
        """Take in a mark; None: there is none any more."""
        former = self._marks.pop(script_name, None)
        if former is not None:
            names_of = self._of[former.namespace]
            names_of.discard(script_name)
            if not names_of:
                del self._of[former.namespace]
        if mark is not None:
            self._marks[script_name] = mark
            self._of.setdefault(mark.namespace, set()).add(script_name)


@dataclass
class RoutingTable:
    """Scripts, marks and routes, indexed for one worker at a time.

    ``scripts``: what tells of their content, by base name. ``hosts_of``: the hosts that lead to a script name.
    ``nearby``: the hosts, to find those near one. ``rests``: of hosts that were given up. ``owner``: whose the KV
    namespace is. ``strangers``: scripts that the operator did not name.
    """

    scripts: dict[str, dict[ScriptId, Fingerprint]] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    hosts: dict[str, Paths] = field(default_factory=dict)
    hosts_of: dict[str, set[str]] = field(default_factory=dict)
    nearby: NearbyHosts = field(default_factory=NearbyHosts)
    rests: Rests = field(default_factory=Rests)
    owner: Mapping[str, object] | None = None
    strangers: set[str] = field(default_factory=set)

    @property
    def script_count(self) -> int:
        """The number of scripts in the dispatch namespace, whoever named them."""
        return sum(map(len, self.scripts.values())) + len(self.strangers)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case ScriptUploaded(name, fingerprint):
                self.add_script(name, fingerprint)
            case ScriptRemoved(name):
                self._drop_script(name)
            case RoutingWritten(hosts, marks, rests):
                for rest in rests:
                    self.rests.put(rest)
                for host, paths in hosts.items():
                    self._set_paths(host, paths)
                for script_name, mark in marks.items():
                    self.marks.set(script_name, mark)
            case NamespaceClaimed(owner):
                self.owner = owner

    def add_script(self, name: str, fingerprint: Fingerprint = UNKNOWN) -> None:
        """Take in a script; of one that the operator did not name, only that it is there."""
        parsed = names.parse_versioned_name(name)
        if parsed is None:
            self.strangers.add(name)
        else:
            of_base = self.scripts.setdefault(parsed.base, {})
            of_base[(parsed.hash, parsed.instance)] = fingerprint

    def add_key(self, name: str, metadata: object) -> None:
        """Take in a key with its metadata; one that the operator did not write is ignored."""
        if name.startswith(names.HOST_KEY_PREFIX):
            host = name.removeprefix(names.HOST_KEY_PREFIX)
            self._set_paths(host, parse_host_metadata(metadata))
        elif name.startswith(names.WORKER_KEY_PREFIX):
            self.marks.set(name.removeprefix(names.WORKER_KEY_PREFIX), parse_mark(metadata))
        elif name.startswith(names.REST_KEY_PREFIX):
            host = name.removeprefix(names.REST_KEY_PREFIX)
            if (rest := parse_rest(host, metadata)) is not None:
                self.rests.put(rest)
        elif name == names.PLATFORM_KEY and isinstance(metadata, Mapping):
            self.owner = metadata

    def hosts_about(self, script_name: str, hosts: Iterable[str]) -> Mapping[str, Paths]:
        """Return the routes of the hosts that lead to a script name, and of those that concern ``hosts``.

        These overlap with one of them, lie above one, or look like one.
        """
        wanted = set(self.hosts_of.get(script_name, ()))
        for host in hosts:
            wanted |= self.nearby.about(host)
        return {host: self.hosts[host] for host in wanted if host in self.hosts}

    def _drop_script(self, name: str) -> None:
        parsed = names.parse_versioned_name(name)
        if parsed is not None and parsed.base in self.scripts:
            self.scripts[parsed.base].pop((parsed.hash, parsed.instance), None)
            if not self.scripts[parsed.base]:
                del self.scripts[parsed.base]

    def _set_paths(self, host: str, paths: Paths) -> None:
        for target in self.hosts.get(host, {}).values():
            others = self.hosts_of.get(target.script_name, set())
            others.discard(host)
            if not others:
                self.hosts_of.pop(target.script_name, None)
        for target in paths.values():
            self.hosts_of.setdefault(target.script_name, set()).add(host)
        if paths:
            self.hosts[host] = paths
        else:
            self.hosts.pop(host, None)
        (self.nearby.add if paths else self.nearby.discard)(host)
