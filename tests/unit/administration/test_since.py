"""How long ago something began: durations and times of the past, and nothing else."""

import pytest

from workers_operator.administration.errors import CommandError
from workers_operator.administration.since import since

NOW = 1_769_850_000  # 2026-01-31T09:00:00Z
MONTH = 31 * 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 5400),
        ("24h", 86_400),
        ("500ms", 1),
        ("2026-01-31T08:00:00Z", 3600),
        ("2026-01-31T08:00:00", 3600),
        ("2026-01-31T08:00:00+02:00", 3 * 3600),
    ],
)
def test_times_of_the_past(text: str, seconds: int) -> None:
    assert since(text, NOW, MONTH) == NOW - seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "0s",
        "800h",
        "2999-01-01T00:00:00Z",
        "-1h",
        "9" * 5000 + "h",
        "10",
        "\x1b[2J",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(CommandError, match="--since"):
        since(text, NOW, MONTH)


def test_the_longest_time_is_said() -> None:
    with pytest.raises(CommandError, match="'169h' is not within the last 7 days"):
        since("169h", NOW, 7 * 86_400)
