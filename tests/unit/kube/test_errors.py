"""Answers of the API server and how they are handled."""

import pytest

from workers_operator.domain.errors import Stalled, Transient
from workers_operator.kube.errors import (
    KubeConflict,
    KubeError,
    KubeForbidden,
    KubeNotFound,
    KubeRejected,
    KubeUnavailable,
    from_status,
)


@pytest.mark.parametrize(
    ("status", "error", "transient"),
    [
        (400, KubeRejected, False),
        (401, KubeForbidden, False),
        (403, KubeForbidden, False),
        (404, KubeNotFound, False),
        (409, KubeConflict, True),
        (422, KubeRejected, False),
        (429, KubeUnavailable, True),
        (500, KubeUnavailable, True),
        (504, KubeUnavailable, True),
    ],
)
def test_what_is_made_of_a_status(status: int, error: type[KubeError], transient: bool) -> None:
    found = from_status(status, "GET /api/v1/x", "because")
    assert type(found) is error
    assert isinstance(found, Transient) is transient
    assert not isinstance(found, Stalled)
    assert "GET /api/v1/x" in str(found)
