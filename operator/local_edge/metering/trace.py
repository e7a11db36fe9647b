"""Read workerd's trace (`--async-trace`): what each invocation of an uploaded script took, and how it ended.

The trace has one JSON object per line. A *context* is one invocation, of an uploaded script or of the host, which runs
between them; it consists of *turns* of the isolate, and of *resources*: the request itself, operations such as fetch(),
and the promises that it waits for. The CPU time of an invocation is the sum of its turns, from when the isolate was
locked; the turns include the microtasks. Its response is what the operation of its caller got, to which a *link* leads.
Times are nanoseconds since a moment that the first line tells.

Lines are found by a regular expression, because most of them are of no interest, and parsing all would take more time
than the requests. Strings inside of them cannot look like the start of a line, because their quotes are escaped.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from local_edge.metering.invocation import DISCONNECTED, SUCCESS, THREW, Invocation, Took

_SHIM = b"http://edge/"
"""The URLs of the operations behind KV, R2 and Analytics Engine bindings, and caches."""
_HOST_METHOD = b"__edge"
"""The start of the names of methods that the host calls; see `__EdgeControl` in js/shim/environment.js."""
_SUBREQUESTS = (b"fetch", b"jsRpcSession")

_LINE = re.compile(
    rb'\{"e":"(?:'
    rb'(?P<turn>turn","ctx":(?P<t>\d+),"cause":\d+,"start":\d+,"locked":(?P<locked>\d+),"end":(?P<end>\d+))'
    rb'|(?P<settle>settle","ctx":(?P<s>\d+),"id":(?P<settled>\d+),"outcome":"(?P<outcome>\w+)","at":(?P<when>\d+))'
    rb'|(?P<init>init","ctx":(?P<i>\d+),"id":(?P<id>\d+),"kind":"(?P<kind>request|operation|js_to_kj)",'
    rb'"name":"(?P<name>\w+)","trigger":\d+,"exec":(?P<exec>\d+))'
    rb'|(?P<annotate>annotate","ctx":(?P<a>\d+),"id":(?P<annotated>\d+),'
    rb'"k":"(?P<key>url\.full|http\.response\.body\.size|jsrpc\.method)","v":"(?P<value>[^"]*))'
    rb'|(?P<link>link","ctx":(?P<l>\d+),"id":\d+,"fromIso":\d+,"fromCtx":(?P<caller>\d+),"fromId":(?P<operation>\d+))'
    rb'|(?P<begin>ctx","ctx":(?P<c>\d+),"iso":\d+,"worker":"(?:LOADER:(?P<version>[^"~]+))?.*?"at":(?P<at>\d+)\})'
    rb'|(?P<finish>ctx_end","ctx":(?P<e>\d+),"at":(?P<ended>\d+))'
    rb'|(?P<header>header","v":\d+.*?"epochUnixMs":(?P<epoch>\d+))'
    rb")"
)


@dataclass
class _Operation:
    counts: bool
    """Whether it is a subrequest."""
    outcome: bytes = b""
    """Empty while it lasts."""
    settled: int = 0
    body: int = 0
    """Bytes of the response's body, if they were known at its start."""
    closed: bool = False
    """Whether everything is known of it."""
    waiting: "list[_Context]" = field(default_factory=list)
    """Invocations that have ended, and answered this operation."""


@dataclass
class _Context:
    version: str
    """Empty for what is no invocation of an uploaded script."""
    began: int
    """A Unix time in nanoseconds, as all times here."""
    ended: int = 0
    cpu: int = 0
    request: bytes = b""
    """The id of the resource that stands for the request."""
    event: str = ""
    caller: _Operation | None = None
    """The operation that this answers."""
    promises: dict[bytes, bytes] = field(default_factory=dict)
    """What the event waits for -> its outcome."""
    operations: dict[bytes, _Operation] = field(default_factory=dict)

    def close(self, operations: Iterable[_Operation]) -> Iterator["_Context"]:
        """Note that everything is known of operations; yield the invocations that waited for that."""
        for operation in operations:
            operation.closed = True
            yield from operation.waiting
            operation.waiting.clear()


class TraceReader:
    """`read` takes the trace in pieces, and returns the invocations that have become known.

    `clock` tells the Unix time. It is needed when the start of the trace is missed.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._rest = b""
        self._epoch = 0
        """The Unix time, in nanoseconds, from which the trace counts; 0 if it is not known yet."""
        self._contexts: dict[bytes, _Context] = {}
        self._settled: dict[bytes, list[_Operation]] = {}
        """Context -> its operations that have been settled since its last turn, which tells more of them."""

    def read(self, data: bytes) -> list[Invocation]:
        data = self._rest + data
        cut = data.rfind(b"\n") + 1
        self._rest = data[cut:]
        ended: list[_Context] = []
        for match in _LINE.finditer(data, 0, cut):
            ended += _HANDLERS[str(match.lastgroup)](self, match)
        return [_invocation(context) for context in ended if context.version]

    def _header(self, match: re.Match[bytes]) -> Iterable[_Context]:
        """Start anew: the process has been started, and a previous one was killed."""
        ended = [w for c in self._contexts.values() for w in c.close(c.operations.values())]
        self._contexts.clear()
        self._settled.clear()
        self._epoch = int(match["epoch"]) * 1_000_000
        return ended

    def _begin(self, match: re.Match[bytes]) -> Iterable[_Context]:
        version = (match["version"] or b"").decode()
        at = int(match["at"])
        self._epoch = self._epoch or round(self._clock() * 1e9) - at
        self._contexts[match["c"]] = _Context(version, self._epoch + at)
        return ()

    def _init(self, match: re.Match[bytes]) -> Iterable[_Context]:
        context = self._contexts.get(match["i"])
        if context is None:
            return ()
        kind, name = match["kind"], match["name"]
        if kind == b"request":
            context.request, context.event = match["id"], name.decode()
        elif kind == b"operation":
            context.operations[match["id"]] = _Operation(name in _SUBREQUESTS)
        elif match["exec"] == context.request:
            context.promises[match["id"]] = b""
        return ()

    def _link(self, match: re.Match[bytes]) -> Iterable[_Context]:
        context, caller = self._contexts.get(match["l"]), self._contexts.get(match["caller"])
        if context is not None and caller is not None:
            context.caller = caller.operations.get(match["operation"])
        return ()

    def _annotate(self, match: re.Match[bytes]) -> Iterable[_Context]:
        context = self._contexts.get(match["a"])
        if context is None or match["annotated"] not in context.operations:
            return ()
        operation = context.operations[match["annotated"]]
        key, value = match["key"], match["value"]
        if key == b"url.full":
            operation.counts = operation.counts and not value.startswith(_SHIM)
        elif key == b"http.response.body.size":
            operation.body = int(value)
        elif value.startswith(_HOST_METHOD):
            context.version = ""
        return ()

    def _settle(self, match: re.Match[bytes]) -> Iterable[_Context]:
        context = self._contexts.get(match["s"])
        if context is None:
            return ()
        resource, outcome = match["settled"], match["outcome"]
        operation = context.operations.get(resource)
        if operation is not None:
            operation.outcome, operation.settled = outcome, self._epoch + int(match["when"])
            self._settled.setdefault(match["s"], []).append(operation)
        elif resource in context.promises or resource == context.request:
            context.promises[resource] = outcome
        return ()

    def _turn(self, match: re.Match[bytes]) -> Iterable[_Context]:
        context = self._contexts.get(match["t"])
        if context is None:
            return ()
        context.cpu += int(match["end"]) - int(match["locked"])
        return list(context.close(self._settled.pop(match["t"], ())))

    def _finish(self, match: re.Match[bytes]) -> Iterable[_Context]:
        context = self._contexts.pop(match["e"], None)
        self._settled.pop(match["e"], None)
        if context is None:
            return ()
        context.ended = self._epoch + int(match["ended"])
        ended = list(context.close(context.operations.values()))
        if context.caller is None or context.caller.closed:
            ended.append(context)
        else:
            context.caller.waiting.append(context)
        return ended


_Handler = Callable[[TraceReader, re.Match[bytes]], Iterable[_Context]]
_HANDLERS: Mapping[str, _Handler] = {
    "annotate": TraceReader._annotate,  # noqa: SLF001 - the methods of this module
    "begin": TraceReader._begin,  # noqa: SLF001
    "finish": TraceReader._finish,  # noqa: SLF001
    "header": TraceReader._header,  # noqa: SLF001
    "init": TraceReader._init,  # noqa: SLF001
    "link": TraceReader._link,  # noqa: SLF001
    "settle": TraceReader._settle,  # noqa: SLF001
    "turn": TraceReader._turn,  # noqa: SLF001
}


def _invocation(context: _Context) -> Invocation:
    caller = context.caller
    answered = caller.settled if caller is not None and caller.settled else context.ended
    return Invocation(
        version=context.version,
        began=context.began // 1_000_000,
        event=context.event,
        status=_status(context),
        took=Took(
            context.cpu // 1000,
            (context.ended - context.began) // 1000,
            (answered - context.began) // 1000,
        ),
        subrequests=sum(operation.counts for operation in context.operations.values()),
        body=caller.body if caller is not None else 0,
    )


def _status(context: _Context) -> str:
    """Return how an invocation ended. The response of a fetch event is known from its caller, if there is one."""
    outcomes = dict(context.promises)
    if outcomes.pop(context.request, b"") == b"canceled":
        return DISCONNECTED
    if context.event == "fetch" and context.caller is not None and context.caller.outcome:
        return THREW if context.caller.outcome == b"error" else SUCCESS
    failed = b"error" in outcomes.values() or (context.event == "fetch" and not outcomes)
    return THREW if failed else SUCCESS
