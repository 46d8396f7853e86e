"""Charts: well-formed pictures that say their figures, with the same figures in a table."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from home.charts import Bar, BarList, Chart, Funnel, Shape, ShapeMap, StepLine

SVG = "{http://www.w3.org/2000/svg}"
BAD = '<script>alert(1)</script> & "x"'
BARS = [Bar("Хабаровск", 1512, url="/a/?b=1&c=2"), Bar(BAD, 300), Bar("Нигде", 0)]
DAYS = [(date(2026, 10, 1), 3), (date(2026, 10, 11), 80), (date(2026, 10, 21), 120)]


def charts() -> list[Chart]:
    words = {"title": BAD, "description": "Описание.", "heads": ("Место", "Число")}
    return [
        BarList(key="bars", bars=BARS, **words),
        Funnel(key="funnel", bars=BARS, **words),
        StepLine(key="line", points=DAYS, threshold=100, threshold_label="порог 100", **words),
        ShapeMap(key="map", shapes=[Shape("M0 0h9v9Z", BARS[0], "Хаб.", (1, 2), 3)], **words),
    ]


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.key)
@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_chart_is_well_formed_named_and_without_style(chart: Chart, language: str) -> None:
    with translation.override(language):
        root = ET.fromstring(chart.svg)  # noqa: S314 - our own
    assert root.find(f"{SVG}title").text == BAD
    assert root.find(f"{SVG}desc").text == "Описание."
    named = root.get("aria-labelledby").split()
    assert named == [f"{chart.key}-title", f"{chart.key}-desc"]
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", chart.svg)


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.key)
def test_chart_says_its_figures_in_picture_and_table(chart: Chart) -> None:
    with translation.override("en"):
        drawn = render_to_string("components/charts/chart.html", {"chart": chart})
    picture, table = drawn.split("<details>")
    last = "120" if chart.key == "line" else "1,512"
    assert last in picture
    assert last in table
    assert "<table" in table
    assert "<script>" not in drawn


def test_chart_with_links_is_no_image() -> None:
    """Inside an image nothing can be reached by keyboard."""
    bars, _funnel, line, _map = charts()
    assert 'role="group"' in bars.svg
    assert 'href="/a/?b=1&amp;c=2"' in bars.svg
    assert 'role="img"' in line.svg


def test_step_line_stays_level_until_the_next_day() -> None:
    line = charts()[2]
    assert isinstance(line, StepLine)
    assert line.path == "M0 196H320V83H640V24"
    assert line.threshold_at == 53


def test_step_line_of_one_day_is_a_line() -> None:
    line = StepLine(key="x", title="x", points=DAYS[:1])
    assert line.path.endswith("H640")
    ET.fromstring(line.svg)  # noqa: S314 - our own


def test_empty_chart_says_so() -> None:
    chart = BarList(key="x", title="Пусто", bars=[])
    with translation.override("en"):
        assert "Nothing to count yet." in render_to_string(
            "components/charts/chart.html", {"chart": chart}
        )


def test_step_line_writes_its_peak_where_that_is_not_the_end() -> None:
    points = [(date(2026, 10, 1), 3), (date(2026, 10, 11), 80), (date(2026, 10, 21), 12)]
    line = StepLine(key="x", title="x", points=points)
    assert line.peak == ("80", 320, 18)
    assert ">80</text>" in line.svg
    assert charts()[2].peak is None
