"""Put measured invocations into the store, under the names of their scripts."""

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from local_edge.metering.invocation import Invocation
from local_edge.storage.scripts import Scripts
from local_edge.storage.telemetry.invocations import (
    GroupKey,
    InvocationGroup,
    Invocations,
    InvocationSample,
)

_KNOWN = 10_000
"""The number of versions whose scripts are remembered."""


class _Script(NamedTuple):
    namespace: str
    name: str
    tag: str
    dispatcher: bool


class InvocationRecorder:
    def __init__(
        self,
        scripts: Scripts,
        invocations: Invocations,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scripts = scripts
        self._invocations = invocations
        self._clock = clock
        self._known: dict[str, _Script] = {}

    def record(self, measured: Iterable[Invocation]) -> None:
        """Store invocations. Those of versions that are unknown by now are dropped."""
        found: dict[GroupKey, list[InvocationSample]] = {}
        for item in measured:
            script = self._script_of(item.version)
            if script is None:
                continue
            key = GroupKey(
                second=item.began // 1000,
                namespace=script.namespace,
                script=script.name,
                tag=script.tag,
                version=item.version,
                status=item.status,
                dispatcher=script.dispatcher,
            )
            sample = InvocationSample(*item.took, subrequests=item.subrequests, body=item.body)
            found.setdefault(key, []).append(sample)
        if found:
            groups = [InvocationGroup.of(key, samples) for key, samples in found.items()]
            self._invocations.add(groups, self._clock())

    def _script_of(self, version: str) -> _Script | None:
        known = self._known.get(version)
        if known is None and (known := self._read(version)) is not None:
            if len(self._known) >= _KNOWN:
                del self._known[next(iter(self._known))]
            self._known[version] = known
        return known

    def _read(self, version: str) -> _Script | None:
        owner = self._scripts.versions.owner_of(version)
        script = owner and self._scripts.script(*owner)
        found = owner and self._scripts.versions.of_script(*owner, version)
        if not script or not found:
            return None
        dispatcher = any(binding.type == "dispatch_namespace" for binding in found.bindings)
        return _Script(script.namespace, script.name, script.tag, dispatcher)
