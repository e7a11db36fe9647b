"""The last minutes of all workers of a platform, in memory; a new process queries them again."""

from collections.abc import Iterable

from workers_operator.account.metrics.comparisons import Comparisons
from workers_operator.account.metrics.peaks import PeakLoads
from workers_operator.account.metrics.seasons import SeasonalLoads
from workers_operator.domain.metrics.growth import Growth, Minute, growth, merged
from workers_operator.domain.metrics.window import MINUTE, WINDOW, MetricsWindow, joined


class RecentMetrics:
    """A sliding window of complete minutes. ``until``: Unix time of its end; None before the first data.

    ``failure``: why there is no newer data, "" if nothing failed.
    """

    def __init__(self) -> None:
        self._minutes: dict[int, Minute] = {}  # by their first second, in order
        self.seasons = SeasonalLoads()
        self.peaks = PeakLoads()
        self.comparisons = Comparisons()
        self.before_waves = Comparisons()
        self.since_waves = Comparisons()
        self.until: int | None = None
        self.failure = ""

    def add(self, minutes: Iterable[tuple[int, Minute]], until: int) -> Growth:
        """Take in minutes, by their first second, and return what was not known of them.

        Minutes that are older than the window are new and not kept: metrics could not be had for so long.
        """
        found = Growth()
        for start, minute in minutes:
            known = self._minutes.get(start, {})
            self._minutes[start] = merged(known, minute)
            found += growth(known, self._minutes[start])
        self._minutes = {
            start: minute
            for start, minute in sorted(self._minutes.items())
            if start >= until - WINDOW
        }
        self.until, self.failure = until, ""
        return found

    def fail(self, message: str) -> None:
        """Record why there is no newer data."""
        self.failure = message
        self.peaks.renew({})
        for comparisons in (self.comparisons, self.before_waves, self.since_waves):
            comparisons.asked(failed=True)

    def workers(self) -> set[str]:
        """Return the script names of workers with traffic in the window; probes are not traffic."""
        found = (item for minute in self._minutes.values() for item in minute.items())
        return {name for name, window in found if window.traffic}

    def has_traffic(self, script_name: str) -> bool:
        """Return whether a worker had requests in the window; probes are none."""
        found = (minute.get(script_name) for minute in self._minutes.values())
        return any(window is not None and window.traffic for window in found)

    def window(self, script_name: str) -> MetricsWindow | None:
        """Return a worker's metrics; None before the first data."""
        return self._over(script_name, WINDOW)

    def newest(self, script_name: str) -> MetricsWindow | None:
        """Return the newest minute of a worker; None before the first data."""
        return self._over(script_name, MINUTE)

    def minute(self, script_name: str, since: int) -> MetricsWindow | None:
        """Return the minute of a worker that begins at a Unix time; None if it is not in the window."""
        if (found := self._minutes.get(since)) is None:
            return None
        return found.get(script_name) or MetricsWindow(since, since + MINUTE)

    def _over(self, script_name: str, seconds: int) -> MetricsWindow | None:
        if self.until is None:
            return None
        found = [
            minute[script_name]
            for start, minute in self._minutes.items()
            if start >= self.until - seconds and script_name in minute
        ]
        whole = MetricsWindow(self.until - seconds, self.until)
        if (known := joined(found)) is None:
            return whole
        return MetricsWindow(whole.since, whole.until, known.traffic, known.consumption)
