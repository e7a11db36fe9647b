"""The timer, the tails, the logs and the meter of an edge."""

from collections.abc import Sequence
from pathlib import Path

from local_edge.events.logs import LogWriter
from local_edge.events.stream import EventStream
from local_edge.events.tails import TailHub
from local_edge.events.timer import CronTimer
from local_edge.metering.invocation import Invocation
from local_edge.metering.meter import Meter
from local_edge.metering.recorder import InvocationRecorder
from local_edge.runtime.interface import EdgeRuntime
from local_edge.storage.stores import Stores


class EdgeEvents:
    """The meter starts before the runtime, and stops after it. It reads the `traces` of the runtime."""

    def __init__(
        self, stores: Stores, runtime: EdgeRuntime, account_id: str, traces: Sequence[Path]
    ) -> None:
        self.timer = CronTimer(stores.triggers.schedules, runtime.send_scheduled)
        self.tails = TailHub(runtime.tails_changed)
        self.stream = EventStream(
            [self.tails.publish, LogWriter(stores, self.tails.live, account_id).write]
        )
        self._recorder = InvocationRecorder(stores.scripts, stores.telemetry.invocations)
        self.meter = Meter(traces, self.measured)

    async def start(self, host: str) -> None:
        await self.tails.start(host)
        self.timer.start()

    async def stop(self) -> None:
        await self.timer.stop()
        await self.tails.stop()

    def measured(self, invocations: Sequence[Invocation]) -> None:
        self.stream.measured(invocations)
        self._recorder.record(invocations)
