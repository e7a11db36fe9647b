"""Formats of text fields: patterns and lengths that Kubernetes and Cloudflare define."""

from typing import Annotated, Final

from pydantic import Field

from workers_operator.resources import durations

# RFC 1123. The name of a Kubernetes object consists of labels separated by dots.
LABEL: Final = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
OBJECT_NAME: Final = r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"
HOSTNAME: Final = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
# A Cloudflare script name matches ^[a-z][a-z0-9-]{0,62}$. Ours does not end in a dash, because a suffix follows.
SCRIPT_NAME: Final = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
CLOUDFLARE_ID: Final = r"^[0-9a-f]{32}$"
ORIGIN: Final = r"^https?://[^/?#@\s]+$"
BASE_URL: Final = r"^https?://[^/?#@\s]+(/[^?#\s]*)?$"

Label = Annotated[str, Field(pattern=LABEL, max_length=63)]
ObjectName = Annotated[str, Field(pattern=OBJECT_NAME, max_length=253)]
Hostname = Annotated[str, Field(pattern=HOSTNAME, max_length=253)]
CloudflareId = Annotated[str, Field(pattern=CLOUDFLARE_ID)]
DataKey = Annotated[str, Field(pattern=r"^[-._a-zA-Z0-9]+$", max_length=253)]
Duration = Annotated[str, Field(pattern=durations.PATTERN, max_length=durations.MAX_LENGTH)]
