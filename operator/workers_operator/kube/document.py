"""Objects as documents for server-side apply, which the API server reads as YAML, not as JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

# The content type as it is would have the client library write JSON with pairs of surrogates.
APPLY: Final = "application/apply-patch+yaml; charset=utf-8"
_ESCAPED: Final = re.compile("[\x7f-\uffff]")
_REPLACEMENT: Final = 0xFFFD


def document(body: Mapping[str, Any]) -> str:
    """Return ``body`` as JSON that is YAML as well.

    YAML knows no pairs of surrogates, so that a character beyond the first plane stands as it is; what YAML takes for
    unprintable or for a line break is escaped. A lone surrogate, which is no character, becomes U+FFFD.
    """
    return _ESCAPED.sub(_escape, json.dumps(body, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{_REPLACEMENT if 0xD800 <= code <= 0xDFFF else code:04x}"
