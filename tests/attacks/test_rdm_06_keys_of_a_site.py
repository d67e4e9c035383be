"""RDM-06: joiners, cases, passes or keys are enumerated by how the server answers."""

import pytest

from firstkey.actions import acts, redemption, sign_in
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Stranger
from firstkey.demo import steps
from firstkey.demo.people import Joiner
from firstkey.simulator.alter import HONEST, SIGNATURE, WRONG_ORIGIN, Alter
from firstkey.simulator.client import Answer
from firstkey.values.canonical import Json
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done
from tests.attacks.siege import Siege


def telling(answer: Answer) -> tuple[int, bytes, frozenset[tuple[str, str]]]:
    """Return what an answer tells: status, body, and headers but for date and nonce."""
    kept = {item for item in answer.headers.items() if item[0] not in ("date", "firstkey-nonce")}
    return answer.status, answer.body, frozenset(kept)


def test_whoever_shows_nothing_gets_one_answer(siege: Siege) -> None:
    """A handle of nobody, of an open, armed, spent, withdrawn case or a leaver's: without a proof all are one."""
    live, _ = siege.armed()
    spent, withdrawn, left = siege.completed(), siege.open(), siege.open()
    siege.cast.requester.post(f"{withdrawn.url}/withdraw", {})
    siege.leave(siege.recorded(left.joiner.person))
    handles = ("A" * 22, live.handle, spent.handle, withdrawn.handle, left.handle)
    stranger = siege.stranger()
    for step in ("status", "redeem", "pass", "ceremony"):
        more = {"code": "0" * 26} if step == "redeem" else {}
        answers = [stranger.request("POST", f"/api/claim/{step}", {"handle": each, **more}) for each in handles]
        assert len({telling(answer) for answer in answers}) == 1, step


def test_a_sign_in_fails_in_one_way(siege: Siege) -> None:
    """A key of nobody, one out of use, one used on another page, a spent statement, a code: all are one answer."""
    working, gone = siege.completed().joiner, siege.completed().joiner
    siege.leave(siege.recorded(gone.person))
    stranger = siege.stranger()

    def sign_in(who: Joiner, alter: Alter = HONEST, **changed: Json) -> Answer:
        begun = stranger.request("POST", "/api/sign-in/options", {}).json
        assertion = who.holder.sign_in(unb64u(begun["statement"]), begun["options"], alter)
        signed = {"digest": begun["digest"], "assertion": {**assertion, **changed}}
        return stranger.request("POST", "/api/sign-in", {"signed": signed})

    answers = [
        sign_in(gone),
        sign_in(working, WRONG_ORIGIN),
        sign_in(working, SIGNATURE),
        sign_in(working, id="AAAA", rawId="AAAA"),
        stranger.request("POST", "/api/sign-in", {"signed": {"digest": "0" * 64, "assertion": {}}}),
        stranger.request("POST", "/api/founding/options", {"code": "0" * 26, "name": "Eve"}),
        stranger.request("GET", "/nowhere"),
    ]
    assert len({answer.body for answer in answers}) == 1
    assert {(answer.status, answer.problem) for answer in answers} == {(404, "not-found")}


def test_a_device_without_a_case_gets_one_answer(siege: Siege) -> None:
    """With a key of its own and no handle that is one, a device learns nothing by whichever step it tries."""
    prober = siege.joiner(siege.hire())
    answers = [prober.post(step, handle) for step in ("/status", "/pass", "/not-me") for handle in ("A" * 22, "B" * 22)]
    assert len({telling(answer) for answer in answers}) == 1
    assert answers[0].problem == "not-found"


def test_a_rival_learns_that_it_is_one_and_nothing_else(siege: Siege) -> None:
    """Of an open, an armed and a spent case another device is told the same words, and none of the case."""
    live, _ = siege.armed()
    claimed, spent = siege.open(), siege.completed()
    steps.claim(claimed)
    rivals: list[tuple[Joiner, str]] = [(siege.joiner(siege.hire()), each.handle) for each in (live, claimed, spent)]
    answers = [rival.post("/status", handle) for rival, handle in rivals for _ in range(2)]
    assert len({telling(answer) for answer in answers}) == 1
    assert answers[0].problem == "another-device-claimed"


def test_a_person_is_told_of_no_case_that_is_not_theirs_to_see(siege: Siege) -> None:
    """In a session without a duty, a case that is there is answered as one that is not."""
    joined = siege.completed().joiner.sign_in()
    there, nowhere = siege.open(), "A" * 22
    answers = [joined.request("GET", f"/api/cases/{case}") for case in (there.case, nowhere)]
    assert len({telling(answer) for answer in answers}) == 1
    assert answers[0].status == 404


def test_a_known_credential_is_answered_as_an_unknown_one() -> None:
    """With a statement that anybody can have, and an assertion that names a credential, the answers are one."""
    world = SiteWorld()
    known = world.operators["anna"]
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    real = world.people["anna"].authenticator.authenticate(begun.options, world.site.settings.origin)
    assert known.person
    for credential in (real["id"], "AAAA"):
        begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
        signed = acts.SignedStatement(begun.digest, {**real, "id": credential, "rawId": credential})
        with pytest.raises(Refused) as caught:
            done(redemption.assert_own_key(world.site, world.by(), redemption.OwnKeyToAssert("A" * 22, signed)))
        assert caught.value.reason is ActionReason.NotFound
