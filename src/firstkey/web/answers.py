"""The problems that each operation can answer: `answers.json`, made from the source by `make docs`."""

import json
from importlib import resources

_TABLE: dict[str, dict[str, str]] = json.loads((resources.files("firstkey.web") / "answers.json").read_text("utf-8"))

PROBLEMS = {operation: {int(status): told for status, told in of.items()} for operation, of in _TABLE.items()}
"""By operation and status, the problem types in one line, without their prefix."""
