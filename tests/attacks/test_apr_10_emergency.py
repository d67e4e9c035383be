"""APR-10: the emergency path, or the break-glass account, becomes the normal door."""

import pytest

from firstkey.demo import steps
from firstkey.demo.people import done
from firstkey.values.instants import DAY
from tests.attacks.policies import said_of
from tests.attacks.siege import Siege, told


def test_in_an_emergency_two_agree_and_the_key_ends_in_a_day(siege: Siege) -> None:
    """It is faster, not laxer in heads: with one consent no window opens, and the key is over after 24 hours."""
    live = siege.open("managed", "emergency")
    done(siege.station_claims(live), "station's claim")
    siege.proof(live)
    done(siege.consent(live), "approval")
    with siege.nothing_changes():
        assert told(siege.attend(live)) == (409, "approval-missing")
    done(siege.consent(live, siege.second), "approval")
    done(siege.attend(live), "attendance")
    steps.register(live)
    steps.wait_until_active(live)
    registered = next(fact for fact in siege.told(f"case/{live.case}") if fact["fact"] == "CredentialRegistered")
    assert (registered["tier"], registered["ends_at"] - registered["at"]) == (0, DAY)
    live.joiner.sign_in()
    siege.later(DAY)
    assert live.joiner.try_sign_in().problem == "not-found"


def test_an_emergency_key_makes_no_other(siege: Siege) -> None:
    """What was lent for a day vouches for no key that would last."""
    person = siege.hire()
    live = siege.attended(person, purpose="emergency")
    steps.register(live)
    steps.wait_until_active(live)
    browser = live.joiner.sign_in()
    asked = {"account": person.account, "purpose": "add_key"}
    with siege.nothing_changes():
        assert told(browser.request("POST", "/api/cases", asked)) == (409, "account-holds-nothing")


@pytest.mark.parametrize("path", ["emergency_loan", "emergency_device", "managed_device_new"])
def test_nobody_is_never_everybody(path: str) -> None:
    """A path whose list of approvers is empty is refused, for nobody could ever approve on it."""
    assert "means nobody" in said_of(path=f'name = "{path}"\n', approval__approvers="[]")


@pytest.mark.parametrize(("term", "value"), [("approval__quorum", "1"), ("credential__lifetime", '"30d"')])
def test_an_emergency_is_not_relaxed_by_policy(term: str, value: str) -> None:
    """One approver, or a key for a month, is below the compiled floor."""
    assert "below the compiled floor" in said_of(path='name = "emergency_loan"\n', **{term: value})


def test_a_privileged_account_has_no_emergency(siege: Siege) -> None:
    """Its spare key and the break-glass accounts are there for that."""
    assert told(siege.ask(siege.hire("privileged"), "emergency")) == (409, "path-prohibited")


def test_break_glass_is_made_by_its_custodian_in_calm(siege: Siege) -> None:
    """Nobody opens it for another, no pass is made on it, and its two keys activate together or not at all."""
    desk = siege.enlist()
    person = siege.recorded(desk.person)
    with siege.nothing_changes():
        assert told(siege.ask(person, "break_glass", position=1)) == (403, "not-eligible")
        assert told(siege.ask(person, "break_glass", desk, position=0)) == (409, "position-missing")
    live = siege.live(done(siege.ask(person, "break_glass", desk, position=1), "open"), person)
    done(siege.station_claims(live), "station's claim")
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "bootstrap-differs")
        assert told(siege.evidence(live, method="document_in_person")) == (409, "method-not-on-path")
    siege.proof(live, desk=siege.cast.confirmer, method="document_chip_in_person", level=3)
    siege.approve(live)
    done(siege.attend(live), "attendance")
    steps.register(live)
    siege.later(DAY)
    assert "CredentialActivated" not in siege.facts(live)
    assert siege.shown(live)["credential_state"] == "pending"
