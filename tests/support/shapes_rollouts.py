"""Rollouts, well-formed and not."""

from typing import Any, Final

from support.shape import CUSTOMER, ELITE, Case

_PLACE: Final = "spec.rollout"
_MINUTE: Final = {"duration": "1m"}


def _weight(percent: object, pause: object = None) -> dict[str, Any]:
    return {"weight": percent, "pause": _MINUTE if pause is None else pause}


def _canary(*steps: Any, **more: Any) -> dict[str, Any]:
    return {_PLACE: {"strategy": "Canary", "steps": list(steps), **more}}


def _analysis(*metrics: Any, **more: Any) -> dict[str, Any]:
    asked = {"metrics": list(metrics)} if metrics else {}
    return {**_weight(10), "analysis": {**asked, **more}}


def _smoke(**request: Any) -> dict[str, Any]:
    return {"smoke": {"requests": [request]}}


VALID: Final = (
    Case(ELITE, {_PLACE: {}}),
    Case(CUSTOMER, {_PLACE: {"strategy": "Immediate", "historyLimit": 0}}),
    Case(ELITE, _canary(_weight(1), _weight(99, {}), progressDeadline="24h", historyLimit=20)),
    Case(ELITE, _canary({"smoke": {}}, _weight(10, {"duration": "168h"}), {"smoke": {}})),
    Case(ELITE, _canary({"smoke": {}})),
    Case(ELITE, _canary(_analysis())),
    Case(
        CUSTOMER,
        _canary(
            _analysis(
                {"type": "ErrorRate"},
                {"type": "ErrorRate", "max": "0.5%"},
                {"type": "ResponseTimeP50", "max": "80ms"},
                {"type": "ResponseTimeP99", "max": "1.5s"},
                {"type": "CpuTimeP50"},
                {"type": "CpuTimeP99", "max": "1m"},
                minRequests=1000,
            )
        ),
    ),
    Case(
        ELITE,
        _canary(
            _smoke(
                path="/checkout?test=1",
                method="POST",
                headers={"content-type": "application/json"},
                body='{"sku": 1}',
                expect={
                    "status": ["200-299", "304"],
                    "contains": "Welcome",
                    "headers": {"x-shop": "on"},
                    "maxResponseTime": "800ms",
                },
            )
        ),
    ),
)


def _bad(field: str, message: str, *steps: Any, **more: Any) -> Case:
    place = f"{_PLACE}.{field}" if field else _PLACE
    return Case(ELITE, _canary(*steps, **more), place, message)


INVALID: Final = (
    _bad("steps", "the weights must grow from step to step", _weight(10), _weight(5)),
    _bad("steps", "the weights must grow from step to step", _weight(10), _weight(10)),
    _bad("steps[0].weight", "greater than or equal to 1", _weight(0)),
    _bad("steps[0].weight", "less than or equal to 99", _weight(100)),
    _bad("steps[0].weight", "less than or equal to 99", _weight(101)),
    _bad("steps[0].weight", "integer", _weight(1.5)),
    _bad("steps[0].pause.duration", "must be at least 1s", _weight(10, {"duration": "0s"})),
    _bad("steps[0].pause.duration", "must be at most 168h", _weight(10, {"duration": "169h"})),
    _bad("steps[0].pause", "weight requires pause", {"weight": 10}),
    _bad("steps[0]", "exactly one of smoke and weight must be set", {}),
    _bad("steps[0]", "exactly one of smoke and weight", {"smoke": {}, **_weight(10)}),
    _bad("steps[0].smoke.requests[0].method", "Unsupported value", _smoke(method="TRACE")),
    _bad("steps[0].smoke.requests[0].path", "must begin with a slash", _smoke(path="x")),
    _bad("steps[0].smoke.requests[0].headers", "names must consist", _smoke(headers={"a b": "c"})),
    *(
        _bad(
            "steps[0].smoke.requests[0].headers", "is set by the operator", _smoke(headers={n: "1"})
        )
        for n in ("Host", "host", "Code24-Instance", "content-length", "Transfer-Encoding")
    ),
    *(
        _bad("steps[0].analysis.metrics[0].max", "must be a percentage", _analysis(metric))
        for metric in (
            {"type": "ErrorRate", "max": "300ms"},
            {"type": "ErrorRate", "max": "101%"},
            {"type": "ErrorRate", "max": "0.01"},
            {"type": "ResponseTimeP99", "max": "1%"},
            {"type": "ResponseTimeP99", "max": "0s"},
            {"type": "CpuTimeP50", "max": "fast"},
        )
    ),
    _bad("steps[0].analysis.metrics[0].type", "Unsupported value", _analysis({"type": "Requests"})),
    _bad(
        "steps[0].analysis.metrics", "at least 1 item", {**_weight(10), "analysis": {"metrics": []}}
    ),
    _bad("steps[0].analysis.minRequests", "greater than or equal to 10", _analysis(minRequests=9)),
    _bad("steps[0].analysis", "requires weight", {"smoke": {}, "analysis": {}}),
    _bad("progressDeadline", "must be at least 10s", _weight(10), progressDeadline="9s"),
    _bad("historyLimit", "less than or equal to 20", _weight(10), historyLimit=21),
    Case(ELITE, {_PLACE: {"strategy": "Canary"}}, f"{_PLACE}.steps", "Canary requires steps"),
    Case(
        ELITE,
        {_PLACE: {"steps": [_weight(10)]}},
        f"{_PLACE}.steps",
        "steps require strategy: Canary",
    ),
    Case(ELITE, {_PLACE: {"strategy": "BlueGreen"}}, f"{_PLACE}.strategy", "Unsupported value"),
)
