"""REQ-05: a look-alike name or address, or another normal form, is taken for somebody else's account."""

import pytest

from tests.attacks.siege import Siege, told

LOOK_ALIKES = ("m\u0131ke@example.org", "MIKE@EXAMPLE.ORG", "mi\u200bke@example.org", "\uff4dike@example.org")


@pytest.mark.parametrize("written", [*LOOK_ALIKES, "mike@example.org", "Mike", "dir:mike ", "dir:m\u0131ke"])
def test_only_the_stable_id_finds_an_account(siege: Siege, written: str) -> None:
    """A name, an address, or an id written otherwise is answered as one that nobody has, byte for byte."""
    if not siege.rows("SELECT 1 FROM documents WHERE kind = 'person' AND key = 'account:dir:mike'"):
        siege.hire(person="p-mike", account="dir:mike", user_name="mike@example.org", display_name="Mike")
    desk = siege.cast.requester
    with siege.nothing_changes():
        answer = desk.post("/api/cases", {"account": written, "purpose": "first_key"})
        nobody = desk.post("/api/cases", {"account": "nobody", "purpose": "first_key"})
    assert told(answer) == (404, "account-unknown")
    assert answer.body == nobody.body


def test_two_with_one_name_are_two(siege: Siege) -> None:
    """A case of one of two namesakes is of that account alone; the other's stays as it was."""
    one = siege.hire(user_name="kim", display_name="Kim Lee")
    other = siege.hire(user_name="kim", display_name="Kim Lee")
    live = siege.completed(one)
    assert siege.shown(live)["account"] == one.account
    assert siege.credentials(one) == ["CredentialHeld"]
    assert siege.credentials(other) == []
