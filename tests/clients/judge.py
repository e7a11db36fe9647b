"""Runs cases one after the other, and judges each by the client's output and by the data plane."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template

import httpx

from clients.cases import Case, Look
from clients.drivers import Client, Output
from clients.projects import ZONE

REQUESTS = 200
_SHOWN = 400  # characters of an output in a complaint


@dataclass(frozen=True)
class Verdict:
    case: Case
    problem: str
    """Empty if the case has passed."""


class Judge:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._kept = {
            "account": environment["CLOUDFLARE_ACCOUNT_ID"],
            "zone": environment["CLOUDFLARE_ZONE_ID"],
        }
        self._data = httpx.Client(base_url=environment["EDGE_URL"], timeout=30)
        token = environment["CLOUDFLARE_API_TOKEN"]
        self._api = httpx.Client(
            base_url=environment["CLOUDFLARE_BASE_URL"],
            headers={"authorization": f"Bearer {token}"},
            timeout=30,
        )

    def try_all(self, client: Client, cases: Iterable[Case]) -> Iterator[Verdict]:
        for case in cases:
            try:
                yield Verdict(case, "; ".join(self._problems(client, case)))
            except (subprocess.TimeoutExpired, httpx.HTTPError) as error:
                yield Verdict(case, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        self._data.close()
        self._api.close()

    def _problems(self, client: Client, case: Case) -> Iterator[str]:
        for name, content in case.files.items():
            client.write(name, self._filled(content))
        output = self._output(client, case)
        if output.failed != case.fails:
            what = "failed" if output.failed else "did not fail"
            yield f"the client {what}: {output.text.strip()[-_SHOWN:]}"
        for word in case.says:
            if not re.search(self._filled(word), output.text):
                yield f"says no '{word}': {output.text.strip()[-_SHOWN:]}"
        for name, pattern in case.keep.items():
            found = re.search(pattern, output.text, re.DOTALL)
            self._kept[name] = found[1] if found else ""
            if found is None:
                yield f"says no {name}: {output.text.strip()[-_SHOWN:]}"
        for look in case.sees:
            yield from self._unseen(look)

    def _output(self, client: Client, case: Case) -> Output:
        command = self._filled(case.command)
        if not case.meanwhile:
            return client.run(command, case.stdin)
        script = case.command.split()[1]
        tails = f"/accounts/{self._kept['account']}/workers/scripts/{script}/tails"

        def act() -> None:
            for look in case.meanwhile:
                self._get(look)

        def tail() -> str:
            answer = self._api.get(tails)
            return str(answer.json()["result"]["id"]) if answer.is_success else ""

        before = tail()
        return client.watch(command, case.says, lambda: tail() not in ("", before), act)

    def _unseen(self, look: Look) -> Iterator[str]:
        if look.cron:
            url = str(self._api.base_url).partition("/client/v4")[0] + "/edge/scheduled"
            httpx.post(url, json={"script": look.host.split(".")[0], "cron": look.cron})
        if look.share is None:
            found = self._get(look)
            if look.text and not re.fullmatch(look.text, found):
                yield f"{look.host}{look.path} shows '{found[:_SHOWN]}', not '{look.text}'"
            return
        least, most = look.share
        count = sum(bool(re.fullmatch(look.text, self._get(look))) for _ in range(REQUESTS))
        if not least <= count <= most:
            yield f"{look.host} shows '{look.text}' {count} times of {REQUESTS}"

    def _get(self, look: Look) -> str:
        host = look.host if "." in look.host else f"{look.host}.{ZONE}"
        headers = {name: self._filled(value) for name, value in look.headers.items()}
        return self._data.get(look.path, headers={"host": host, **headers}).text

    def _filled(self, text: str) -> str:
        return Template(text).safe_substitute(self._kept)
