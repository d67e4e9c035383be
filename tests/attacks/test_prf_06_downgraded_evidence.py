"""PRF-06: evidence is talked down to what anybody may know, or to a photo."""

import pytest

from tests.attacks.siege import Siege, told

NO_METHODS = ("knowledge", "employee_number", "photo", "sms", "phone", "email", "manager_said_so", "", "DOCUMENT")


@pytest.mark.parametrize("method", NO_METHODS)
def test_what_is_not_on_the_list_is_no_method(siege: Siege, method: str) -> None:
    """Knowledge and photos have no name in the closed list, so nobody can record them."""
    live = siege.open()
    with siege.nothing_changes():
        assert told(siege.evidence(live, as_usual=True, method=method, level=3)) == (400, "body-malformed")


def test_levels_do_not_add_up(siege: Siege) -> None:
    """However often weak evidence is brought, it stays weak."""
    live = siege.open()
    with siege.nothing_changes():
        for level in (1, 1, 0, 1, -1):
            assert told(siege.evidence(live, level=level)) == (409, "level-too-low")


def test_a_method_has_a_ceiling(siege: Siege) -> None:
    """A plain document reaches level 2, whatever the proofer writes beside it."""
    live = siege.open()
    siege.proof(live, level=9)
    assert siege.last(live)["level"] == 2


def test_a_stricter_path_does_not_take_less(siege: Siege) -> None:
    """For a break-glass account nothing but a document with its chip counts."""
    live = siege.open("privileged")
    with siege.nothing_changes():
        assert told(siege.evidence(live, method="live_vouch", level=2)) == (409, "method-not-on-path")
        assert told(siege.evidence(live, method="strong_session", level=2)) == (409, "method-not-on-path")
