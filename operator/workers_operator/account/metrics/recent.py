"""The last minutes of all workers of a platform, kept in memory: after a restart they are asked for again."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping

from workers_operator.account.metrics.peaks import PeakLoads
from workers_operator.account.metrics.seasons import SeasonalLoads
from workers_operator.domain.metrics.window import MINUTE, WINDOW, MetricsWindow, Traffic, joined

Minute = Mapping[str, MetricsWindow]  # script name -> what happened in one minute


class RecentMetrics:
    """A sliding window of complete minutes. ``until``: the Unix time up to which data is there; None at first.

    ``failure``: why there is no newer data, "" if there is.
    """

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, Minute]] = deque(maxlen=WINDOW // MINUTE)
        self.seasons = SeasonalLoads()
        self.peaks = PeakLoads()
        self.until: int | None = None
        self.failure = ""

    def add(self, minutes: Iterable[tuple[int, Minute]], until: int) -> None:
        """Take in minutes, by their first second, in order."""
        self._minutes.extend(minutes)
        while self._minutes and self._minutes[0][0] < until - WINDOW:
            self._minutes.popleft()
        self.until, self.failure = until, ""

    def fail(self, message: str) -> None:
        """Note why no newer data could be had."""
        self.failure = message
        self.peaks.renew({})

    def workers(self) -> set[str]:
        """Return the script names of the workers that had traffic in the window. Probes run scripts and are none."""
        found = (item for _, minute in self._minutes for item in minute.items())
        return {name for name, window in found if window.traffic}

    def window(self, script_name: str) -> MetricsWindow | None:
        """Return what happened to a worker; None before the first data has arrived."""
        return self._over(script_name, WINDOW)

    def newest(self, script_name: str) -> MetricsWindow | None:
        """Return the newest minute of a worker; None before the first data has arrived."""
        return self._over(script_name, MINUTE)

    def minute(self, script_name: str, since: int) -> MetricsWindow | None:
        """Return the minute of a worker that begins at a Unix time; None if it is not in the window."""
        for start, minute in self._minutes:
            if start == since:
                return minute.get(script_name) or MetricsWindow(since, since + MINUTE)
        return None

    def traffic(self, since: int) -> Mapping[str, Traffic]:
        """Return the traffic of all workers in the minutes from a Unix time on, by script name."""
        found: defaultdict[str, Traffic] = defaultdict(Traffic)
        for start, minute in self._minutes:
            for name, window in minute.items() if start >= since else ():
                found[name] += window.all_traffic
        return found

    def cpu_seconds(self, since: int) -> float:
        """Return the CPU time of all workers in the minutes from a Unix time on."""
        found = (m.values() for start, m in self._minutes if start >= since)
        return sum(w.all_consumption.cpu_us for windows in found for w in windows) / 1e6

    def _over(self, script_name: str, seconds: int) -> MetricsWindow | None:
        if self.until is None:
            return None
        found = [
            minute[script_name]
            for start, minute in self._minutes
            if start >= self.until - seconds and script_name in minute
        ]
        whole = MetricsWindow(self.until - seconds, self.until)
        if (known := joined(found)) is None:
            return whole
        return MetricsWindow(whole.since, whole.until, known.traffic, known.consumption)
