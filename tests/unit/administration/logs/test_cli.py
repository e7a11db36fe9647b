"""The options of ``logs``, and what is printed where."""

import io

import pytest

from support.telemetry import line
from workers_operator.account.telemetry.following import Notice
from workers_operator.administration.logs import cli
from workers_operator.administration.logs.printing import Printer
from workers_operator.administration.terminal import wants_colours


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "1e3", "", "ten", "٣", "9" * 5000])
def test_a_limit_out_of_bounds_is_refused(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["cw/hello", f"--limit={limit}"])
    assert ended.value.code == 2
    assert "must be a number from 1 to 10,000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("yesterday", "neither a duration"),
        ("-5m", "neither a duration"),
        ("\x1b[2J", "neither a duration"),
        ("2999-01-01T00:00:00Z", "not within the last 7 days"),
        ("169h", "not within the last 7 days"),
    ],
)
def test_a_time_that_is_none_is_refused_in_one_line(
    since: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["cw/hello", f"--since={since}"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert shown.err.startswith("workers-operator logs: --since: ")
    assert shown.err.rstrip("\n").isprintable()


def test_entries_go_to_standard_output_and_notices_to_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    printer = Printer("text", ["hunter2"], stream)
    printer(line("is hunter2"))
    printer(Notice("hunter2\x1b[2J is odd"))
    assert stream.getvalue().endswith("log    is [secret]\n")
    assert capsys.readouterr().err == "workers-operator logs: [secret]\\x1b[2J is odd\n"


def test_secrets_are_hidden_from_programs_too() -> None:
    stream = io.StringIO()
    Printer("json", ['hun"ter2'], stream)(line('is hun"ter2'))
    assert '"message": "is [secret]"' in stream.getvalue()


@pytest.mark.parametrize(
    ("environment", "stream", "wanted"),
    [
        ({}, Terminal(), True),
        ({}, io.StringIO(), False),
        ({"NO_COLOR": "1"}, Terminal(), False),
        ({"NO_COLOR": ""}, Terminal(), True),
        ({"TERM": "dumb"}, Terminal(), False),
    ],
)
def test_colours_are_for_terminals(
    environment: dict[str, str], stream: io.StringIO, wanted: bool
) -> None:
    assert wants_colours(stream, environment) is wanted
