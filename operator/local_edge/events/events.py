"""The timer and the tails of an edge."""

from local_edge.events.tails import TailHub
from local_edge.events.timer import CronTimer
from local_edge.runtime.runtime import Runtime
from local_edge.storage.stores import Stores


class EdgeEvents:
    def __init__(self, stores: Stores, runtime: Runtime) -> None:
        self.timer = CronTimer(stores.triggers.schedules, runtime.send_scheduled)
        self.tails = TailHub(runtime.tails_changed)

    async def start(self, host: str) -> None:
        await self.tails.start(host)
        self.timer.start()

    async def stop(self) -> None:
        await self.timer.stop()
        await self.tails.stop()
