"""CER-01: a challenge is replayed, or stands for something else than it was made for."""

from firstkey.demo.people import done
from firstkey.simulator.alter import TYPE_OF_AUTHENTICATION, WRONG_CHALLENGE
from firstkey.values.encoding import unb64u
from firstkey.values.instants import MINUTE, SECOND
from tests.attacks.siege import Siege, told


def test_a_challenge_is_spent_whatever_came_of_it(siege: Siege) -> None:
    """After one refused answer the honest one to the same challenge is too late; a new one is needed."""
    live = siege.redeemed()
    begun = done(live.joiner.post("/ceremony", live.handle), "ceremony")
    good = live.joiner.authenticator.register(begun["options"], siege.address.origin)
    bad = live.joiner.authenticator.register(begun["options"], siege.address.origin, WRONG_CHALLENGE)
    assert told(live.joiner.post("/register", live.handle, response=bad)) == (409, "ceremony-refused")
    with siege.nothing_changes():
        assert told(live.joiner.post("/register", live.handle, response=good)) == (409, "ceremony-unknown")
    assert "CredentialRegistered" not in siege.facts(live)


def test_one_challenge_is_outstanding(siege: Siege) -> None:
    """A second one voids the first; they are 32 random bytes each."""
    live = siege.redeemed()
    first, second = (done(live.joiner.post("/ceremony", live.handle), "ceremony") for _ in range(2))
    challenges = [unb64u(each["options"]["challenge"]) for each in (first, second)]
    assert challenges[0] != challenges[1]
    assert {len(each) for each in challenges} == {32}
    old = live.joiner.authenticator.register(first["options"], siege.address.origin)
    assert told(live.joiner.post("/register", live.handle, response=old)) == (409, "ceremony-refused")
    assert "CredentialRegistered" not in siege.facts(live)


def test_a_challenge_is_of_its_case_and_device(siege: Siege) -> None:
    """An answer to another case's challenge, or sent by another device, makes no key."""
    one, other = siege.redeemed(), siege.redeemed()
    done(one.joiner.post("/ceremony", one.handle), "ceremony")
    begun = done(other.joiner.post("/ceremony", other.handle), "ceremony")
    response = other.joiner.authenticator.register(begun["options"], siege.address.origin)
    assert told(one.joiner.post("/register", one.handle, response=response)) == (409, "ceremony-refused")
    assert told(one.joiner.post("/register", other.handle, response=response)) == (409, "another-device-claimed")
    assert "CredentialRegistered" not in [*siege.facts(one), *siege.facts(other)]


def test_a_challenge_is_of_its_purpose(siege: Siege) -> None:
    """A sign-in's challenge registers nothing, a registration's signs nobody in, and the kind stands in the answer."""
    live = siege.redeemed()
    stranger = siege.stranger()
    sign_in = stranger.request("POST", "/api/sign-in/options", {}).json
    begun = done(live.joiner.post("/ceremony", live.handle), "ceremony")
    borrowed = {**begun["options"], "challenge": sign_in["options"]["challenge"]}
    response = live.joiner.authenticator.register(borrowed, siege.address.origin)
    assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-refused")
    response = live.joiner.make_passkey(live.handle, TYPE_OF_AUTHENTICATION)
    assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-refused")
    assert "CredentialRegistered" not in siege.facts(live)


def test_an_old_statement_signs_nothing(siege: Siege) -> None:
    """A statement is good for two minutes, for signing in and for acts alike."""
    live = siege.open()
    desk = siege.cast.requester
    stranger = siege.stranger()
    begun = stranger.request("POST", "/api/sign-in/options", {}).json
    assertion = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    signed = siege.act(live, "hold_case", desk)
    siege.later(2 * MINUTE + SECOND)
    old = {"signed": {"digest": begun["digest"], "assertion": assertion}}
    with siege.nothing_changes():
        assert told(stranger.request("POST", "/api/sign-in", old)) == (404, "not-found")
        assert told(desk.post(f"{live.url}/hold", {"signed": signed})) == (409, "statement-not-fresh")
    assert stranger.session is None
