"""Scripts that tests upload."""

import json


def says(text: str) -> str:
    """A worker that answers every request with ``text``."""
    return f"export default {{ fetch() {{ return new Response({json.dumps(text)}) }} }}\n"
