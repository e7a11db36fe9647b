"""The picture of the dashboard is well-formed, and has every panel with its data in it."""

import math
import xml.etree.ElementTree as ET
from pathlib import Path

from bench.observability.panels import ROWS
from bench.observability.picture import Series, draw

LABELS = {"platform": "main <1>", "controller": "customerworker"}


def read(expression: str) -> Series:
    return [(LABELS, [(0.0, 1.0), (1.0, math.nan), (2.0, 3.0)])]


def texts_of(root: ET.Element) -> set[str | None]:
    return {element.text for element in root.iter() if element.tag.endswith("text")}


def test_all_panels_are_drawn(tmp_path: Path) -> None:
    path = tmp_path / "dashboard.svg"
    draw(path, read)
    root = ET.parse(path).getroot()
    texts = texts_of(root)
    panels = [spec for row in ROWS for spec in row.panels]
    assert {row.title for row in ROWS} | {spec.title for spec in panels} <= texts
    lines = [element for element in root.iter() if element.tag.endswith("polyline")]
    assert len(lines) == sum(len(s.queries) for s in panels if s.kind == "timeseries")
    assert all("nan" not in line.attrib["points"] for line in lines)
    assert not any("{{" in (text or "") for text in texts)
    assert "main <1>" in texts


def test_a_panel_without_data_says_so(tmp_path: Path) -> None:
    path = tmp_path / "dashboard.svg"
    draw(path, lambda _: [])
    assert "no data" in path.read_text()


def test_the_picture_in_the_docs_is_of_this_dashboard() -> None:
    path = Path(__file__).parents[3] / "docs" / "images" / "dashboard.svg"
    titles = {row.title for row in ROWS} | {spec.title for row in ROWS for spec in row.panels}
    assert titles - texts_of(ET.parse(path).getroot()) == set(), "make test-alerts draws it"
