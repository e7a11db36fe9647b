"""The timer, the tails and the meter of an edge."""

from local_edge.events.tails import TailHub
from local_edge.events.timer import CronTimer
from local_edge.metering.meter import Meter
from local_edge.runtime.runtime import Runtime
from local_edge.storage.stores import Stores


class EdgeEvents:
    """The meter starts before the runtime, and stops after it."""

    def __init__(self, stores: Stores, runtime: Runtime, meter: Meter) -> None:
        self.meter = meter
        self.timer = CronTimer(stores.triggers.schedules, runtime.send_scheduled)
        self.tails = TailHub(runtime.tails_changed)

    async def start(self, host: str) -> None:
        await self.tails.start(host)
        self.timer.start()

    async def stop(self) -> None:
        await self.timer.stop()
        await self.tails.stop()
