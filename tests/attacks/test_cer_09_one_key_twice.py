"""CER-09: one key ends up on two accounts, or on the wrong one."""

import pytest

from firstkey.demo import steps
from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.simulator.alter import Alter
from firstkey.simulator.authenticator import Authenticator
from firstkey.values.encoding import b64u
from tests.attacks.siege import Siege, told

SAME_ID, OTHER_ID = 32, 48


def redeemed_by(siege: Siege, authenticator: Authenticator) -> Live:
    """Somebody's case in its window, with this authenticator in their hands."""
    person = siege.hire()
    live = siege.open(person)
    live = live._replace(joiner=Joiner(siege.address, person.person, "Joy", authenticator))
    siege.claim(live)
    siege.proof(live)
    siege.approve(live)
    siege.anchor(live)
    steps.redeem(live, steps.get_pass(live).code)
    return live


def owned(siege: Siege, seed: str) -> Live:
    """Somebody whose key works."""
    live = redeemed_by(siege, siege.twin(seed))
    steps.register(live)
    steps.wait_until_active(live)
    return live


@pytest.mark.parametrize("id_bytes", [SAME_ID, OTHER_ID], ids=["same id", "same key, another id"])
def test_a_key_belongs_to_one_account(siege: Siege, id_bytes: int) -> None:
    """A key that somebody else holds, under its own id or another one, is refused; the holder's stays as it was."""
    seed = f"held {id_bytes}"
    first = owned(siege, seed)
    live = redeemed_by(siege, siege.twin(seed, id_bytes))
    response = live.joiner.make_passkey(live.handle)
    with siege.nothing_changes():
        answer = live.joiner.post("/register", live.handle, response=response)
        assert told(answer) == (409, "slot-taken")
    assert first.case not in answer.body.decode()
    assert siege.credentials(siege.recorded(first.joiner.person)) == ["CredentialHeld"]
    first.joiner.sign_in()


@pytest.mark.parametrize("id_bytes", [SAME_ID, OTHER_ID], ids=["same id", "same key, another id"])
def test_a_key_that_is_over_is_nobodys_either(siege: Siege, id_bytes: int) -> None:
    """Of somebody who has left, over for good, it still cannot be had by anybody else."""
    seed = f"left {id_bytes}"
    first = owned(siege, seed)
    siege.leave(siege.recorded(first.joiner.person))
    live = redeemed_by(siege, siege.twin(seed, id_bytes))
    response = live.joiner.make_passkey(live.handle)
    with siege.nothing_changes():
        assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "slot-taken")
    assert "CredentialRegistered" not in siege.facts(live)


def test_an_answer_names_its_own_credential(siege: Siege) -> None:
    """The id beside the answer and the one inside it are one, or it is refused."""
    first = siege.completed()
    live = siege.redeemed()
    held = b64u(next(iter(first.joiner.authenticator.held)))
    response = live.joiner.make_passkey(live.handle, Alter(outer={"id": held, "rawId": held}))
    assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-refused")
    assert "CredentialRegistered" not in siege.facts(live)


def test_the_one_who_registers_holds_it(siege: Siege) -> None:
    """Two cases at once, each device its own: each key ends on the account of the case that it was made in."""
    one, other = siege.redeemed(), siege.redeemed()
    for live in (other, one):
        steps.register(live)
    for live in (one, other):
        steps.wait_until_active(live)
        person = siege.recorded(live.joiner.person)
        assert live.joiner.sign_in() is not None
        held = siege.told(f"account/{person.account}")[0]["credential"]
        assert held == siege.shown(live)["credential"]
