"""The log: a record is one line, and no line of a traceback passes for a record."""

import logging
import re

import pytest

from workers_operator.logs import LineFormatter

RECORD = re.compile(r"INFO    a\.logger  .*")


def formatted(message: str, *arguments: object, error: BaseException | None = None) -> list[str]:
    info = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("a.logger", logging.INFO, "a.py", 1, message, arguments, info)
    text = LineFormatter("%(levelname)-7s %(name)s  %(message)s").format(record)
    return text.split("\n")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
def test_a_record_is_one_line(end: str) -> None:
    [line] = formatted("%s: %s", "worker", f"boom{end}INFO    a.logger  all is well")
    assert line == "INFO    a.logger  worker: boom INFO    a.logger  all is well"


def test_what_has_no_shape_is_shown() -> None:
    [line] = formatted("%s", "a\x1b[2Kb\u202ec\x00")
    assert line.endswith("a\\x1b[2Kb\\u202ec\\x00")


def test_a_traceback_has_lines_with_a_mark() -> None:
    try:
        raise ValueError("boom\nINFO    a.logger  all is well\u202e")
    except ValueError as error:
        first, *rest = formatted("it failed", error=error)
    assert first == "INFO    a.logger  it failed"
    assert any("boom" in line for line in rest)
    assert any("all is well\\u202e" in line for line in rest)
    assert not any(RECORD.match(line) for line in rest)
    assert all(line.startswith("    | ") for line in rest)
