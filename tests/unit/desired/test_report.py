"""What a pass finds out, as status, and read back from there."""

from workers_operator.desired.health import health_of
from workers_operator.desired.report import Report
from workers_operator.domain.health import probes as verdicts
from workers_operator.domain.health.probes import Health, ProbeAnswer
from workers_operator.resources import WorkerStatus

VERSION = "22222222"


def test_health_is_read_back_from_status() -> None:
    before = Health("Unhealthy", 1)
    probed = verdicts.judge(
        ProbeAnswer(500, VERSION, "worker_exception"),
        VERSION,
        before,
        3,
        known_good=False,
        expected=None,
    )
    assert probed.health == Health("Unhealthy", 2)
    status = Report(WorkerStatus()).probed(probed).status
    assert health_of(WorkerStatus.model_validate(status.dump())) == probed.health
    assert status.dump()["health"] == {"state": "Unhealthy", "consecutiveFailures": 2}
    unknown = Health("Unknown", 0)
    assert health_of(WorkerStatus()) == unknown
    assert health_of(WorkerStatus.model_validate({"health": None})) == unknown
