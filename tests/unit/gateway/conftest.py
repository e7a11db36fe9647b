"""The REST API in memory."""

import pytest

from support.rest_api import RestApi


@pytest.fixture
def rest() -> RestApi:
    """A gateway with an empty cluster."""
    return RestApi()
