"""An account at Cloudflare, in memory: its REST API behind ``httpx.MockTransport``, and what its edge answers."""

from support.cloudflare.edge import EdgeAnswer
from support.cloudflare.server import Cloudflare
from support.cloudflare.state import KVNamespace, Module, Pair, Script, Stored, Zone

__all__ = [
    "Cloudflare",
    "EdgeAnswer",
    "KVNamespace",
    "Module",
    "Pair",
    "Script",
    "Stored",
    "Zone",
]
