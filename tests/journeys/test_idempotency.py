"""A request that is sent again because its answer was lost: nothing is done twice, over HTTP, whoever sends it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from firstkey.demo import steps
from firstkey.demo.people import Desk
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer, Client
from tests.journeys.place import Place

RACERS = 16


def key() -> str:
    """Return a fresh idempotency key."""
    return str(uuid4())


def free_accounts(place: Place) -> list[str]:
    """Return accounts of people who may have a first key here."""
    return [person.account for person in place.people if person.asset is not None]


def open_case(desk: Desk, account: str, named: str) -> Answer:
    """Ask for a first key, under an idempotency key."""
    return desk.post("/api/cases", {"account": account, "purpose": "first_key"}, **{"Idempotency-Key": named})


def by_device(live: Live, step: str, named: str, **more: Any) -> Answer:
    """Let the joiner's device ask, under an idempotency key."""
    body = {"handle": live.handle, **more}
    return live.joiner.client.request("POST", f"/api/claim{step}", body, {"Idempotency-Key": named})


def withdraw(place: Place, case: str) -> None:
    """End a case."""
    assert place.cast.requester.post(f"/api/cases/{case}/withdraw", {}).status == 200


def test_a_lost_answer_is_given_again(place: Place) -> None:
    """The same request under the same key is answered with the same bytes, and one case is open."""
    desk, account, named = place.cast.requester, free_accounts(place)[0], key()
    first = open_case(desk, account, named)
    before = place.entries()
    again = open_case(desk, account, named)
    assert first.status == again.status == 200
    assert again.body == first.body
    assert place.entries() == before
    withdraw(place, first.json["case"])


def test_without_a_key_it_is_another_request(place: Place) -> None:
    """What is not marked as the same is refused by the rule that it meets, as before."""
    desk, account = place.cast.requester, free_accounts(place)[0]
    first = open_case(desk, account, key())
    assert open_case(desk, account, key()).problem == "slot-taken"
    withdraw(place, first.json["case"])


def test_a_key_is_for_one_request(place: Place) -> None:
    """With another body, or on another route, it is refused, and nothing changes."""
    desk, accounts, named = place.cast.requester, free_accounts(place), key()
    opened = open_case(desk, accounts[0], named).json["case"]
    before = place.entries()
    other = open_case(desk, accounts[1], named)
    elsewhere = desk.post(f"/api/cases/{opened}/withdraw", {}, **{"Idempotency-Key": named})
    for answer in (other, elsewhere):
        assert (answer.status, answer.problem) == (409, "idempotency-key-reused")
    assert place.entries() == before
    withdraw(place, opened)


def test_a_key_is_one_persons(place: Place) -> None:
    """Two people may happen upon the same key; each has their own answer."""
    named, accounts = key(), free_accounts(place)
    first = open_case(place.cast.requester, accounts[0], named)
    second = open_case(place.cast.confirmer, accounts[1], named)
    assert (first.status, second.status) == (200, 200)
    assert first.json["case"] != second.json["case"]
    withdraw(place, first.json["case"])
    withdraw(place, second.json["case"])


@pytest.mark.parametrize("sent", ["", "short", "x" * 129, "with space", "ümlaut00", '"unbalanced'])
def test_a_key_that_is_none_is_refused(place: Place, sent: str) -> None:
    """It is the one decoding problem, before anything is done."""
    before = place.entries()
    answer = open_case(place.cast.requester, free_accounts(place)[0], sent or " ")
    assert (answer.status, answer.problem, place.entries()) == (400, "body-malformed", before)


def test_a_refusal_that_changed_something_is_given_again(place: Place) -> None:
    """A wrong code, sent again because the answer was lost, is one try and not two."""
    live = place.open_case()
    steps.prepare(place.cast, live)
    code = steps.get_pass(live).code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    named = key()
    first = by_device(live, "/redeem", named, code=wrong)
    again = by_device(live, "/redeem", named, code=wrong)
    assert first.problem == "code-wrong"
    assert (again.status, again.body) == (first.status, first.body)
    assert place.cast.requester.show(live.case)["tries_failed"] == 1
    spent = key()
    answers = [by_device(live, "/redeem", spent, code=code) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.body for answer in answers}) == 1
    withdraw(place, live.case)


def test_an_answer_that_carried_a_code_is_never_kept(place: Place) -> None:
    """Whoever lost it is told that it was done, and gets the sealed code by asking anew."""
    live = place.open_case()
    steps.prepare(place.cast, live)
    named = key()
    assert by_device(live, "/pass", named).json["sealed"] is not None
    again = by_device(live, "/pass", named)
    assert (again.status, again.problem) == (409, "already-carried-out")
    assert by_device(live, "/pass", key()).json["sealed"] is not None
    withdraw(place, live.case)


def test_a_caught_request_is_not_answered_again(place: Place) -> None:
    """The very bytes of a request, proof and key included, find nothing when somebody else sends them."""
    live = place.open_case()
    steps.claim(live)
    client, proofs, named = live.joiner.client, list[str](), key()

    def keep(method: str, url: str, body: bytes, nonce: str) -> str:
        proofs.append(live.joiner.device.prove(method, url, body, nonce))
        return proofs[-1]

    client.prover = keep
    assert by_device(live, "/status", named).status == 200
    client.prover = lambda *_: proofs[-1]
    caught = by_device(live, "/status", named)
    assert (caught.status, caught.problem) == (404, "not-found")
    client.prover = keep
    assert by_device(live, "/status", named).status == 200
    withdraw(place, live.case)


def test_of_many_at_once_one_is_carried_out(place: Place) -> None:
    """However they fall, one case is opened; whoever was not first is given its answer or told that it was done."""
    desk, account, named = place.cast.requester, free_accounts(place)[0], key()

    def race(client: Client) -> Answer:
        body = {"account": account, "purpose": "first_key"}
        return client.request("POST", "/api/cases", body, {"Idempotency-Key": named})

    clients = [place.stranger() for _ in range(RACERS)]
    for client in clients:
        client.session = desk.client.session
    with ThreadPoolExecutor(RACERS) as racing:
        answers = list(racing.map(race, clients))
    done = {answer.body for answer in answers if answer.status == 200}
    refused = {answer.problem for answer in answers if answer.status != 200}
    assert len(done) == 1
    assert refused <= {"already-carried-out"}
    withdraw(place, open_case(desk, account, named).json["case"])
