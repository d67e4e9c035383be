"""CER-10: an operator registers a key for the joiner, or swaps the key on its way."""

from firstkey.demo import steps
from firstkey.demo.people import Joiner, done
from firstkey.values.instants import MINUTE
from tests.attacks.siege import Siege, told


def test_no_session_makes_a_key(siege: Siege) -> None:
    """Whatever duty they hold, from their own session and without the claim's key operators begin no ceremony."""
    live = siege.redeemed()
    for desk in siege.desks:
        with siege.nothing_changes():
            answer = desk.post("/api/claim/ceremony", {"handle": live.handle})
            assert told(answer) == (401, "use-nonce")


def test_the_approver_does_not_stand_at_the_station(siege: Siege) -> None:
    """Who consented neither claims for the joiner nor confirms that they stand there."""
    live = siege.open("own")
    siege.proof(live)
    siege.approve(live)
    with siege.nothing_changes():
        assert told(siege.station_claims(live, siege.cast.approver)) == (409, "duties-conflict")
    done(siege.station_claims(live), "station's claim")
    with siege.nothing_changes():
        assert told(siege.attend(live, siege.cast.approver)) == (409, "duties-conflict")
    assert told(live.joiner.post("/ceremony", live.handle)).status == 409


def test_attendance_names_claim_joiner_and_serial(siege: Siege) -> None:
    """Signed for another person, claim or key than the one that stands there, it opens no window."""
    live = siege.open("own")
    siege.proof(live)
    siege.approve(live)
    done(siege.station_claims(live), "station's claim")
    desk, claim = siege.cast.confirmer, siege.shown(live)["claim"]
    for names in ((claim,), (claim, "p-other"), ("A" * 22, live.joiner.person), (live.joiner.person, claim)):
        signed = siege.act(live, "confirm_attendance", desk, *names)
        with siege.nothing_changes():
            assert told(desk.post(f"{live.url}/attendance", {"signed": signed})) == (409, "act-not-for-this")
    signed = siege.act(live, "confirm_attendance", desk, claim, live.joiner.person)
    with siege.nothing_changes():
        answer = desk.post(f"{live.url}/attendance", {"signed": signed, "serial": "0d01"})
        assert told(answer) == (409, "act-not-for-this")


def test_a_swapped_key_is_not_the_one_that_was_named(siege: Siege) -> None:
    """The confirmer read a serial off the key; another one, of the same make, is refused in that window."""
    person = siege.hire("own")
    live = siege.open(person)
    live = live._replace(joiner=Joiner(siege.address, person.person, "Joy", siege.shipped("0d02")))
    siege.proof(live)
    siege.approve(live)
    done(siege.station_claims(live), "station's claim")
    done(siege.attend(live, serial="0d01"), "attendance")
    response = live.joiner.make_passkey(live.handle)
    assert live.joiner.post("/register", live.handle, response=response).status == 409
    assert siege.last(live)["reason"] == "serial"
    assert "CredentialRegistered" not in siege.facts(live)


def test_after_the_visit_nothing_is_made(siege: Siege) -> None:
    """When the joiner has gone, a ceremony takes a new visit: the operator alone cannot go on."""
    live = siege.attended()
    siege.later(10 * MINUTE)
    with siege.nothing_changes():
        assert told(live.joiner.post("/ceremony", live.handle)) == (409, "window-over")
    done(siege.attend(live), "attendance")
    steps.register(live)
