"""Choose the platform that a request means. Pure."""

from collections.abc import Iterable

from workers_operator.domain.reasons import Reason
from workers_operator.gateway.cache.platforms import KnownPlatform
from workers_operator.gateway.http.problems import refused

DEFAULT_PLATFORM = "default"


def platform_meant(
    platforms: Iterable[KnownPlatform], name: str | None, environment: str | None
) -> str | None:
    """Return the platform with a name or environment; None if neither is given. Raises ApiProblem."""
    known = list(platforms)
    if name is not None:
        chosen = next((platform for platform in known if platform.name == name), None)
        if chosen is not None and environment not in (None, chosen.environment):
            message = f"platform {name!r} does not have the environment {environment}"
            raise refused(Reason.PLATFORM_NOT_FOUND, message, "metadata.environment")
        return name
    if environment is None:
        return None
    found = [platform.name for platform in known if platform.environment == environment]
    if DEFAULT_PLATFORM in found:
        return DEFAULT_PLATFORM
    if len(found) == 1:
        return found[0]
    # Which platforms there are is the administrator's to tell.
    message = (
        f"several platforms have the environment {environment}; name one by platform"
        if found
        else f"no platform has the environment {environment}"
    )
    raise refused(Reason.PLATFORM_NOT_FOUND, message, "environment")
