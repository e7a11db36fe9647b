"""Cron expressions as Cloudflare reads them: minute, hour, day of the month, month, day of the week, in UTC.

The days of the week are 1 (Sunday) to 7. `L` is the last day, `LW` the last weekday of a month, `15W` the weekday
nearest to the 15th, `6L` the last Friday and `6#2` the second Friday of a month.
Source: developers.cloudflare.com/workers/configuration/cron-triggers.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_RANGE = re.compile(r"(?P<first>\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_EVERY = re.compile(r"\*(?:/(?P<step>\d+))?")

Test = Callable[[datetime], bool]
"""Whether a moment fits one part of a field."""


class InvalidCron(Exception):
    """The text is no cron expression."""


@dataclass(frozen=True)
class Field:
    least: int
    most: int
    names: tuple[str, ...]
    value: Callable[[datetime], int]

    def number(self, text: str) -> int:
        name = text.upper()
        found = self.names.index(name) + self.least if name in self.names else None
        if found is None and text.isdecimal():
            found = int(text)
        if found is None or not self.least <= found <= self.most:
            raise InvalidCron(text)
        return found

    def test(self, text: str) -> Test:
        """Return the test of a value, a range, or either with a step."""
        every = _EVERY.fullmatch(text)
        match = every or _RANGE.fullmatch(text)
        if match is None:
            raise InvalidCron(text)
        step = int(match["step"] or 1)
        if step < 1:
            raise InvalidCron(text)
        first = self.least if every else self.number(match["first"])
        last = self.most if every or match["step"] else first
        if not every and match["last"]:
            last = self.number(match["last"])
        if first > last:
            raise InvalidCron(text)
        return lambda moment: (
            first <= self.value(moment) <= last and (self.value(moment) - first) % step == 0
        )


def _weekday(moment: datetime) -> int:
    return moment.isoweekday() % 7 + 1


def _days_in(moment: datetime) -> int:
    return calendar.monthrange(moment.year, moment.month)[1]


_MINUTE = Field(0, 59, (), lambda moment: moment.minute)
_HOUR = Field(0, 23, (), lambda moment: moment.hour)
_DAY = Field(1, 31, (), lambda moment: moment.day)
_MONTH = Field(1, 12, _MONTHS, lambda moment: moment.month)
_WEEKDAY = Field(1, 7, _DAYS, _weekday)


def _day_test(text: str) -> Test:
    match text.upper():
        case "L":
            return lambda moment: moment.day == _days_in(moment)
        case "LW" | "WL":
            return lambda moment: moment.day == _nearest_weekday(moment, _days_in(moment))
    if text[-1:].upper() == "W":
        day = _DAY.number(text[:-1])
        return lambda moment: moment.day == _nearest_weekday(moment, day)
    return _DAY.test(text)


def _nearest_weekday(moment: datetime, day: int) -> int:
    """Return the weekday of the month that is nearest to a day."""
    last = _days_in(moment)
    day = min(day, last)
    match calendar.weekday(moment.year, moment.month, day):
        case calendar.SATURDAY:
            return day - 1 if day > 1 else day + 2
        case calendar.SUNDAY:
            return day + 1 if day < last else day - 2
    return day


def _weekday_test(text: str) -> Test:
    name, hash_sign, nth = text.partition("#")
    if hash_sign:
        wanted = _WEEKDAY.number(name)
        if nth not in ("1", "2", "3", "4", "5"):
            raise InvalidCron(text)
        return lambda moment: _weekday(moment) == wanted and (moment.day + 6) // 7 == int(nth)
    if len(text) > 1 and text[-1].upper() == "L":
        wanted = _WEEKDAY.number(text[:-1])
        return lambda moment: _weekday(moment) == wanted and moment.day + 7 > _days_in(moment)
    return _WEEKDAY.test("7" if text.upper() == "L" else text)


_TESTS: tuple[Callable[[str], Test], ...] = (
    _MINUTE.test,
    _HOUR.test,
    _day_test,
    _MONTH.test,
    _weekday_test,
)


@dataclass(frozen=True)
class Cron:
    fields: tuple[tuple[Test, ...], ...]
    either_day: bool
    """Whether both the day of the month and that of the week are restricted: then one of them suffices."""

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """Parse an expression of five fields. Raises InvalidCron."""
        parts = text.split()
        if len(parts) != len(_TESTS):
            raise InvalidCron(text)
        fields = tuple(
            tuple(make(item) for item in part.split(","))
            for make, part in zip(_TESTS, parts, strict=True)
        )
        return cls(fields, not parts[2].startswith("*") and not parts[4].startswith("*"))

    def matches(self, moment: datetime) -> bool:
        minute, hour, day, month, weekday = (
            any(test(moment) for test in tests) for tests in self.fields
        )
        on_day = day or weekday if self.either_day else day and weekday
        return minute and hour and month and on_day
