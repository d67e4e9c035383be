"""Figures: the README quotes what was measured and stored, and nothing else."""

import json
import re

from benchmarks.quoting import QUOTED, quoted, with_figures
from tests.architecture.size import ROOT

RESULT = json.loads((ROOT / "docs/benchmarks/latest.json").read_text())
README = (ROOT / "README.md").read_text()


def test_the_readme_quotes_the_stored_figures() -> None:
    """The README's table is made of docs/benchmarks/latest.json; a figure changed in either is seen."""
    assert quoted(RESULT) in README
    assert with_figures(README, RESULT) == README
    changed = {**RESULT, "rows": [{**row, "value": row["value"] + 1} for row in RESULT["rows"]]}
    assert with_figures(README, changed) != README


def test_each_figure_stands_beside_its_floor() -> None:
    """A stored figure has a name of its own, a value, a unit, a floor and a note of what both are."""
    assert set(RESULT) == {"machine", "date", "rows"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", RESULT["date"])
    names = [row["name"] for row in RESULT["rows"]]
    assert len(names) == len(set(names))
    assert QUOTED.keys() <= set(names)
    for row in RESULT["rows"]:
        assert set(row) == {"name", "value", "unit", "floor", "note"}
        assert row["value"] > 0
        assert row["floor"] > 0
        assert "floor" in row["note"]
