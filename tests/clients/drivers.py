"""The clients under test: wrangler in a folder of projects, and the SDK in an environment of its own."""

import json
import os
import queue
import re
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PATIENCE = 60.0


@dataclass(frozen=True)
class Output:
    text: str
    failed: bool


class Client(Protocol):
    def run(self, command: str, stdin: str) -> Output:
        """Do what a case says."""

    def watch(
        self,
        command: str,
        says: Sequence[str],
        connected: Callable[[], bool],
        act: Callable[[], None],
    ) -> Output:
        """Run a command that does not end; `act` once it is connected, and end it when it has said everything."""

    def write(self, name: str, content: str) -> None:
        """Write a file where the client works."""


class Wrangler:
    def __init__(
        self, program: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self._program = program
        self._folder = folder
        self._environment = dict(environment)

    def run(self, command: str, stdin: str) -> Output:
        done = subprocess.run(
            [*self._program, *shlex.split(command)],
            cwd=self._folder,
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Output(done.stdout + done.stderr, done.returncode != 0)

    def watch(
        self,
        command: str,
        says: Sequence[str],
        connected: Callable[[], bool],
        act: Callable[[], None],
    ) -> Output:
        # wrangler starts a second process: a group of its own lets both be ended.
        process = subprocess.Popen(
            [*self._program, *shlex.split(command)],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        lines: list[str] = []
        reader = threading.Thread(target=_collect, args=(process, lines))
        reader.start()
        try:
            _wait(connected)
            time.sleep(1)  # the websocket is opened after the tail is created
            act()
            _wait(lambda: all(re.search(word, "".join(lines)) for word in says), patience=15)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            reader.join()
        return Output("".join(lines), failed=False)

    def write(self, name: str, content: str) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


class Sdk:
    def __init__(self, python: Path, agent: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(python), str(agent)],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._answers.put(line)

    def run(self, command: str, stdin: str) -> Output:
        if self._process.stdin is None:
            raise RuntimeError("the agent has no input")
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._answers.get(timeout=PATIENCE))
        return Output(answer["text"], answer["failed"])

    def watch(
        self,
        command: str,
        says: Sequence[str],
        connected: Callable[[], bool],
        act: Callable[[], None],
    ) -> Output:
        raise NotImplementedError

    def write(self, name: str, content: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(10)


def _collect(process: subprocess.Popen[str], lines: list[str]) -> None:
    for line in process.stdout or ():
        lines.append(line)  # noqa: PERF402 - the others read meanwhile


def _wait(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
