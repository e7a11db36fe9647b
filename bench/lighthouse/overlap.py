"""Where our audits and Lighthouse's ask the same thing."""

from collections.abc import Callable, Mapping
from typing import Any, Final

#: Lighthouse's audit → ours. An audit of ours that isn't in a report has passed.
OVERLAP: Final[dict[str, tuple[str, ...]]] = {
    "document-title": ("title_missing",),
    "meta-description": ("description_missing",),
    "is-crawlable": ("noindex",),
    "canonical": ("canonical_invalid",),
    "hreflang": ("hreflang_invalid",),
    "http-status-code": ("bad_status",),
    "viewport": ("viewport_missing",),
    "meta-viewport": ("viewport_blocks_zoom",),
    "html-has-lang": ("lang_missing",),
    "html-lang-valid": ("lang_invalid",),
    "heading-order": ("heading_order",),
    "landmark-one-main": ("main_missing",),
    "bypass": ("bypass_missing",),
    "image-alt": ("image_alt_missing",),
    "input-image-alt": ("image_button_alt_missing",),
    "link-name": ("link_name_missing",),
    "button-name": ("button_name_missing",),
    "frame-title": ("frame_title_missing",),
    "label": ("input_label_missing",),
    "select-name": ("select_label_missing",),
    "list": ("list_children_wrong",),
    "listitem": ("list_item_alone",),
    "tabindex": ("tabindex_positive",),
    "duplicate-id-aria": ("ids_repeated",),
    "meta-refresh": ("refresh_by_itself",),
    "link-text": ("link_text_generic",),
    "unsized-images": ("image_size_missing",),
    "font-display": ("font_hides_text",),
    "doctype": ("doctype_missing",),
    "charset": ("charset_missing",),
    "crawlable-anchors": ("link_not_followable",),
    "uses-text-compression": ("not_compressed",),
    "uses-long-cache-ttl": ("kept_too_short",),
    "no-document-write": ("api_deprecated",),
}

Evidence = Mapping[str, Any]

#: Lighthouse's audit → which evidence of ours it can see, too.
COUNTED: Final[Mapping[str, Callable[[Evidence], bool]]] = {
    # Lighthouse judges fonts that were loaded: those of other sites are not there.
    "font-display": lambda evidence: "fonts.googleapis.com" not in evidence.get("selector", ""),
    "no-document-write": lambda evidence: "document.write" in evidence.get("detail", ""),
}

#: Why the two may differ, by Lighthouse's audit.
REASONS: Final[Mapping[str, str]] = {
    "meta-viewport": "a script inserts another viewport, which the source does not contain",
    "button-name": "a script names or hides the element, which the source does not show",
    "landmark-one-main": "a script changes the role, which the source does not show",
}
