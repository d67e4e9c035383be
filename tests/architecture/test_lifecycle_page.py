"""docs/lifecycle.md is drawn from the transition table and from nothing else."""

from firstkey.enrollment.case.transitions import TRANSITIONS
from tests.architecture.lifecycle_page import PAGE, page


def test_the_page_is_current() -> None:
    """The page in docs/ is what the table draws now; `make docs` writes it anew."""
    assert PAGE.read_text() == page()


def test_every_fact_is_on_the_page() -> None:
    """Each fact stands on the page with its meaning."""
    assert [fact.__name__ for fact in TRANSITIONS if f"| `{fact.__name__}` | " not in page()] == []
