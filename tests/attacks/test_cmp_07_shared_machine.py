"""CMP-07: something is left over on a shared machine: a session, a code, or the passkey itself."""

from dataclasses import replace

from firstkey.demo import steps
from firstkey.demo.people import Joiner, done
from tests.attacks.siege import Siege, told


def test_a_shared_device_gets_no_pass(siege: Siege) -> None:
    """It is a person's visit that opens the window; no code exists that the machine could keep."""
    live = siege.open("shared")
    done(siege.station_claims(live), "station's claim")
    siege.proof(live)
    siege.approve(live)
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "bootstrap-differs")
    assert siege.verifiers(live) == 0


def test_a_key_that_stays_in_the_machine_is_refused(siege: Siege) -> None:
    """A platform authenticator, which would stay behind, and a synced one are not taken; a roaming key is."""
    for trait in ({"attachment": "platform", "transports": ("internal",)}, {"backup_eligible": True}):
        person = siege.hire("shared")
        authenticator = siege.maker.authenticator()
        authenticator.traits = replace(authenticator.traits, **trait)
        live = siege.open(person)
        live = live._replace(joiner=Joiner(siege.address, person.person, "Joy", authenticator))
        done(siege.station_claims(live), "station's claim")
        siege.proof(live)
        siege.approve(live)
        done(siege.attend(live), "attendance")
        begun = done(live.joiner.post("/ceremony", live.handle), "ceremony")["options"]
        assert begun["authenticatorSelection"]["authenticatorAttachment"] == "cross-platform"
        begun["authenticatorSelection"].pop("authenticatorAttachment")
        response = authenticator.register(begun, siege.address.origin)
        answer = live.joiner.post("/register", live.handle, response=response)
        assert told(answer) == (409, "key-term-unmet")
        assert "CredentialRegistered" not in siege.facts(live)
    honest = siege.attended("shared")
    steps.register(honest)


def test_nothing_is_kept_by_a_browser(siege: Siege) -> None:
    """Each answer to the station says that it is not to be stored, and none sets a cookie."""
    live = siege.attended("shared")
    answers = [live.joiner.post(step, live.handle) for step in ("/status", "/ceremony")]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert not any("set-cookie" in answer.headers for answer in answers)
