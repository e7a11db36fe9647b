"""The account snapshot: what one platform's account holds, as listed once per interval and kept up by our own calls.

A listing takes a few calls plus pages, never one per worker. What we write while a listing is under way is laid over
its result, so that a page read before a write can't undo it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from workers_operator.cloudflare import account as accounts
from workers_operator.cloudflare import dispatch, kv
from workers_operator.cloudflare.account import ZoneRoute
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.domain import names
from workers_operator.domain.observed import Mark, ObservedWorker
from workers_operator.domain.patterns import overlaps
from workers_operator.domain.plan import ScriptId
from workers_operator.domain.routing import Paths, parse_host_metadata

_NOTHING: Final[frozenset[ScriptId]] = frozenset()


@dataclass
class _Content:
    scripts: dict[str, set[ScriptId]] = field(default_factory=dict)  # base name -> uploaded
    marks: dict[str, Mark] = field(default_factory=dict)  # script name -> who holds it
    hosts: dict[str, Paths] = field(default_factory=dict)
    hosts_of: dict[str, set[str]] = field(
        default_factory=dict
    )  # script name -> hosts that lead to it
    wildcards: set[str] = field(default_factory=set)  # hosts that begin with "*."
    owner: Mapping[str, object] | None = None  # whose the KV namespace is

    def add_script(self, name: str) -> None:
        parsed = names.parse_versioned_name(name)
        if parsed is not None:  # anything else in the namespace is not ours
            self.scripts.setdefault(parsed.base, set()).add((parsed.hash, parsed.instance))

    def drop_script(self, name: str) -> None:
        parsed = names.parse_versioned_name(name)
        if parsed is not None and parsed.base in self.scripts:
            self.scripts[parsed.base].discard((parsed.hash, parsed.instance))
            if not self.scripts[parsed.base]:
                del self.scripts[parsed.base]

    def set_paths(self, host: str, paths: Paths) -> None:
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
        if host.startswith("*."):
            (self.wildcards.add if paths else self.wildcards.discard)(host)

    def overlapping(self, host: str) -> Iterator[str]:
        """Hosts that may be meant by the same requests as ``host``."""
        if host.startswith("*."):
            yield from (other for other in self.hosts if overlaps(other, host))
        else:
            yield host
            yield from (other for other in self.wildcards if overlaps(other, host))

    def set_mark(self, script_name: str, mark: Mark | None) -> None:
        if mark is None:
            self.marks.pop(script_name, None)
        else:
            self.marks[script_name] = mark

    def add_key(self, name: str, metadata: object) -> None:
        if name.startswith(names.HOST_KEY_PREFIX):
            self.set_paths(name.removeprefix(names.HOST_KEY_PREFIX), parse_host_metadata(metadata))
        elif name.startswith(names.WORKER_KEY_PREFIX):
            self.set_mark(name.removeprefix(names.WORKER_KEY_PREFIX), Mark.parse(metadata))
        elif name == names.PLATFORM_KEY and isinstance(metadata, Mapping):
            self.owner = metadata


class _Scripts(Mapping[str, str | None]):
    """Pattern → script: a view, since there may be a thousand routes and thousands of passes."""

    def __init__(self, routes: Mapping[str, ZoneRoute]) -> None:
        self._routes = routes

    def __getitem__(self, pattern: str) -> str | None:
        return self._routes[pattern].script

    def __iter__(self) -> Iterator[str]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)


_Write = Callable[[_Content], None]


class Account:
    """The snapshot and its upkeep. Single-threaded."""

    def __init__(self) -> None:
        self._content = _Content()
        self._journals: list[list[_Write]] = []  # one for each listing under way
        self._doubtful_scripts: set[str] = set()
        self.doubtful = False  # an answer to a routing write was lost: list again before planning
        self.zone_routes: dict[str, ZoneRoute] = {}  # pattern -> route, of the zones listed so far
        self.zones: set[str] = set()  # ids of those zones

    def worker(self, script_name: str, hosts: Iterable[str], dispatcher: str) -> ObservedWorker:
        """The part that concerns one worker: its scripts, its mark, its hosts and those in ``hosts``."""
        content = self._content
        scripts = content.scripts.get(names.base_name(script_name))
        wanted = set(content.hosts_of.get(script_name, ()))
        for host in hosts:
            wanted.update(content.overlapping(host))
        return ObservedWorker(
            frozenset(scripts) if scripts else _NOTHING,
            content.marks.get(script_name),
            {host: content.hosts[host] for host in wanted if host in content.hosts},
            _Scripts(self.zone_routes),
            dispatcher,
        )

    def mark(self, script_name: str) -> Mark | None:
        """Who holds a script name, and which version serves."""
        return self._content.marks.get(script_name)

    @property
    def owner(self) -> Mapping[str, object] | None:
        """What the KV namespace says whose it is; None where it says nothing."""
        return self._content.owner

    def owned(self, metadata: Mapping[str, object]) -> None:
        """We have written whose the KV namespace is."""

        def write(content: _Content) -> None:
            content.owner = metadata

        self._write(write)

    async def observe_zones(self, api: Api, zones: Iterable[str], urgency: Urgency) -> None:
        """Lists the routes of zones (by id) anew: one call each. Raises a CloudflareError."""
        for zone in zones:
            before = dict(self.zone_routes)
            listed = await accounts.list_routes(api, zone, urgency)
            now = self.zone_routes
            # What we have written meanwhile outlives the listing.
            kept = {p: r for p, r in now.items() if r.zone_id != zone or before.get(p) != r}
            gone = before.keys() - now.keys()
            self.zone_routes = {r.pattern: r for r in listed if r.pattern not in gone} | kept
            self.zones.add(zone)

    def paths(self, host: str) -> Paths:
        """The routes of a hostname."""
        return self._content.hosts.get(host, {})

    def script_uploaded(self, name: str) -> None:
        """A script is in the namespace now."""
        self._doubtful_scripts.discard(name)
        self._write(lambda content: content.add_script(name))

    def script_removed(self, name: str) -> None:
        """A script is gone now."""
        self._doubtful_scripts.discard(name)
        self._write(lambda content: content.drop_script(name))

    def doubt_script(self, name: str) -> None:
        """The answer to an upload was lost: look for the script before it is uploaded again."""
        self._doubtful_scripts.add(name)

    def is_doubtful(self, name: str) -> bool:
        """Whether an upload of ``name`` may have been carried out without our knowing."""
        return name in self._doubtful_scripts

    def doubtful_scripts(self, script_name: str) -> frozenset[ScriptId]:
        """Scripts of a worker whose upload may have been carried out without our knowing."""
        parsed = map(names.parse_versioned_name, self._doubtful_scripts)
        base = names.base_name(script_name)
        return frozenset((p.hash, p.instance) for p in parsed if p is not None and p.base == base)

    def routing_written(self, hosts: Mapping[str, Paths], marks: Mapping[str, Mark | None]) -> None:
        """Routes and marks as they are in KV now."""

        def write(content: _Content) -> None:
            for host, paths in hosts.items():
                content.set_paths(host, paths)
            for script_name, mark in marks.items():
                content.set_mark(script_name, mark)

        self._write(write)

    async def observe(
        self, api: Api, *, namespace: str, metadata_namespace: str, urgency: Urgency
    ) -> None:
        """Lists the account anew: ⌈scripts/1000⌉ + ⌈keys/1000⌉ calls. Raises a CloudflareError."""
        content, journal = _Content(), list[_Write]()
        self._journals.append(journal)
        was_doubtful, self.doubtful = self.doubtful, False  # a doubt that arises meanwhile stays
        listed = False
        try:
            async for name in dispatch.list_scripts(api, namespace, urgency):
                content.add_script(name)
            async for key, metadata in kv.list_keys(api, metadata_namespace, urgency):
                content.add_key(key, metadata)
            for write in journal:
                write(content)
            listed = True
        finally:
            self._journals = [other for other in self._journals if other is not journal]
            self.doubtful = self.doubtful or (was_doubtful and not listed)
        self._content = content

    def _write(self, write: _Write) -> None:
        write(self._content)
        for journal in self._journals:
            journal.append(write)
