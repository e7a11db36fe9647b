"""Answers of the API server and how they are handled."""

import pytest

from workers_operator.domain.errors import Stalled, Transient
from workers_operator.kube.errors import (
    KubeConflict,
    KubeError,
    KubeForbidden,
    KubeInvalid,
    KubeNotFound,
    KubeRejected,
    KubeTerminating,
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
        (422, KubeInvalid, False),
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


def test_a_namespace_that_is_being_deleted_is_not_a_matter_of_rbac() -> None:
    found = from_status(403, "POST /x", "forbidden: because", ["NamespaceTerminating"])
    assert type(found) is KubeTerminating
    assert "RBAC" not in found.message
    assert type(from_status(403, "POST /x", "no", ["Other"])) is KubeForbidden
    assert type(from_status(409, "POST /x", "no", ["NamespaceTerminating"])) is KubeConflict
