"""A corner where the test runs the operator itself: starts it, stops it, kills it."""

from support.bed import Bed, Place
from support.operators import Operator
from support.proxy import Proxy


class Lab:
    """``proxy`` is the only way of this operator to the edge; ``platform`` has no workers but the test's."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.place = Place(bed)
        self.proxy: Proxy = self.place.proxy()
        self._operator: Operator | None = None
        self._forked = False

    @property
    def operator(self) -> Operator:
        """The one that was started last."""
        assert self._operator is not None
        return self._operator

    def start(
        self,
        *,
        kv_window: str | None = None,
        log_level: str | None = None,
        wait: bool = True,
        forked: bool = False,
    ) -> Operator:
        """The operator, knowing no platform but those that are in the cluster. ``forked``: it starts much sooner."""
        given = {"WORKERS_KV_WINDOW": kv_window, "LOG_LEVEL": log_level}
        variables = {name: value for name, value in given.items() if value}
        self._operator = self.bed.start_operator(variables, wait=wait, forked=forked)
        self._forked = forked
        return self._operator

    def stop(self) -> None:
        if self._operator is not None:
            self._operator.stop()
            self._operator = None

    def kill(self) -> None:
        """SIGKILL, from whatever thread."""
        if self._operator is not None:
            self._operator.process.signal_kill()

    def close(self) -> None:
        """Takes everything away again, with an operator that works."""
        self.proxy.clear()
        if self._operator is None or not self._operator.process.alive:
            self.start(forked=self._forked)
        self.place.clear()
        self.bed.wait_empty()
        self.kill()
