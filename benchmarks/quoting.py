"""The README's figures: a table made of docs/benchmarks/latest.json, and of nothing else."""

import re
from typing import Any

QUOTED: dict[str, str] = {
    "redeem_vs_floor": "a sealed code redeemed, 32 clients, in floors",
    "enrollment_vs_floor": "a whole enrollment, 32 clients, in floors",
    "typed_redeem_ms": "a typed code redeemed; floor: one Argon2id",
    "server_rss_mb": "memory of the server after a thousand enrollments",
    "server_first_answer_ms": "from the server's start to its first answer",
    "queue_page_ms": "a page of a queue of 10,000 cases; floor: the bare SQL",
    "cli_start_ms": "`firstkey --version`; floor: Python and click",
}
"""Figures that the README quotes, and what each is."""

_TABLE = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)


def quoted(result: dict[str, Any]) -> str:
    """Return the README's table of a result."""
    rows = {row["name"]: row for row in result["rows"]}
    lines = [
        f"Measured {result['date']} on {result['machine']}; each beside its floor from the same run.",
        "",
        "| figure | value | floor |",
        "|---|---|---|",
    ]
    for name, what in QUOTED.items():
        row = rows[name]
        lines.append(f"| {what} | {row['value']:.1f} {row['unit']} | {row['floor']:.1f} |")
    return "\n".join(lines) + "\n"


def with_figures(readme: str, result: dict[str, Any]) -> str:
    """Return a README with the figures of a result."""
    return _TABLE.sub(lambda _: quoted(result), readme, count=1)
