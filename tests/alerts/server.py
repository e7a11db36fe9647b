"""A Prometheus that scrapes the operator, with the project's rules; a minute is three seconds, 900 scripts are 45."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from alerts.promtool import rule_groups
from support.ports import reusable_socket
from support.processes import Process
from support.waiting import until

_SCALE: Final = 20
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
# Cloudflare counts visitors' requests once in a real minute.
_OF_REQUESTS: Final = re.compile(
    r"cloudflare_worker_(single_)?(requests|request_errors|response_seconds|cpu_seconds)_total"
)
Sample = tuple[float, float]  # Unix time, value


def scaled(duration: str) -> str:
    """A duration as this Prometheus takes it."""
    return f"{max(1, int(duration[:-1]) * _UNITS[duration[-1]] // _SCALE)}s"


def fast(expression: str) -> str:
    """An expression with shorter ranges."""
    if _OF_REQUESTS.search(expression):
        return expression
    return re.sub(r"\[(\d+[smh])\]", lambda match: f"[{scaled(match[1])}]", expression)


def _lower(expression: str) -> str:
    """An expression whose threshold is reached as much sooner: seconds in the queue, or scripts."""
    return re.sub(r"> (60|900)$", lambda match: f"> {int(match[1]) // _SCALE}", expression)


def fast_rules() -> Mapping[str, Any]:
    """The project's rules, faster."""
    groups = rule_groups()["groups"]
    for group in groups:
        group["interval"] = "1s"
        for rule in group["rules"]:
            rule["expr"] = _lower(fast(rule["expr"]))
            if "for" in rule:
                rule["for"] = scaled(rule["for"])
    return {"groups": groups}


class Prometheus:
    """A running Prometheus. ``started``: Unix time."""

    def __init__(self, program: str, folder: Path) -> None:
        self._targets = folder / "targets.json"
        self._targets.write_text("[]")
        (folder / "rules.yml").write_text(yaml.safe_dump(fast_rules()))
        job = {"job_name": "workers-operator", "file_sd_configs": [{"files": [str(self._targets)]}]}
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "scrape_configs": [job],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        with reusable_socket(0) as holder:
            address = f"127.0.0.1:{holder.getsockname()[1]}"
        command = [
            program,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={address}",
            "--log.level=warn",
        ]
        self.process = Process(command, folder / "prometheus.log")
        self._api = httpx.Client(base_url=f"http://{address}", timeout=30)
        self.started = time.time()
        until(self._is_ready, self.process.tail)

    def stop(self) -> None:
        self._api.close()
        self.process.stop()

    def scrape(self, address: str) -> None:
        """Scrape an operator from now on; return once it was. What a counter has by then is no increase."""
        labels = {"namespace": "code24-workers", "pod": "workers-operator-0"}
        found = [{"targets": [address], "labels": labels}]
        fresh = self._targets.with_suffix(".new")
        fresh.write_text(json.dumps(found))
        fresh.rename(self._targets)
        up = f'up{{instance="{address}"}} == 1'
        until(lambda: self.query(up), f"{address} is not scraped")

    def query(self, expression: str) -> list[Mapping[str, Any]]:
        """The result of an expression, now."""
        answer = self._api.get("/api/v1/query", params={"query": expression})
        assert answer.is_success, f"{expression}: {answer.text}"
        found: list[Mapping[str, Any]] = answer.json()["data"]["result"]
        return found

    def over(
        self, expression: str, step: float
    ) -> Sequence[tuple[Mapping[str, str], list[Sample]]]:
        """The series of an expression since the start."""
        span = {"start": self.started, "end": time.time(), "step": step}
        answer = self._api.get("/api/v1/query_range", params={"query": expression, **span})
        assert answer.is_success, f"{expression}: {answer.text}"
        return [
            (series["metric"], [(at, float(value)) for at, value in series["values"]])
            for series in answer.json()["data"]["result"]
        ]

    def fired(self, since: float) -> set[str]:
        """The names of the alerts that fire, or have done so since a monotonic second."""
        seconds = max(1, round(time.monotonic() - since))
        found = self.query(f'count_over_time(ALERTS{{alertstate="firing"}}[{seconds}s])')
        return {series["metric"]["alertname"] for series in found}

    def _is_ready(self) -> bool:
        assert self.process.alive, self.process.tail()
        try:
            return self._api.get("/-/ready").is_success
        except httpx.TransportError:
            return False


@contextmanager
def prometheus(program: str, folder: Path) -> Iterator[Prometheus]:
    """A Prometheus, as long as it is needed."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Prometheus(program, folder)
    try:
        yield running
    finally:
        running.stop()
