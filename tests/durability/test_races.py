"""Races over real HTTP, under the shipped limits: whatever comes first, no state arises that the core forbids.

What is found afterwards is read from the database: the fold of each case, and the facts that led there.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from firstkey.actions.recording import PersonToRecord
from firstkey.actions.records import digest_of_people
from firstkey.demo import steps
from firstkey.demo.steps import Live
from firstkey.enrollment.case.words import Closure, CredentialState, PassState
from firstkey.values.codes import ALPHABET
from firstkey.values.encoding import sha256_hex
from firstkey.values.instants import HOUR, MINUTE
from tests.durability.accounting import check_history, check_standing, facts_of, verify
from tests.durability.crowd import hire, open_for, sign_in_again
from tests.durability.volley import Fell, Shot, by_device, by_operator, fire, tally
from tests.journeys.place import Place, founded

SOAK = os.environ.get("FIRSTKEY_SOAK") == "1"
ROUNDS = 50 if SOAK else 3
REDEMPTIONS = 200
CODES = 100
PAIRS = 20 if SOAK else 4

ALREADY = {"not-a-step"}
"""What a code is told that was spent a moment ago."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A founded site behind a real server; afterwards its ledger is verified."""
    with founded(tmp_path_factory.mktemp("races")) as found:
        yield found
        site = found.prepared.site
        check_history(site)
        check_standing(site)
        verify(site)


@pytest.fixture(autouse=True)
def an_hour_later(place: Place) -> None:
    """Each test begins in an hour of its own: velocity limits are not what is tried here."""
    place.server.clock.let_pass(HOUR + 5 * MINUTE)
    sign_in_again(place)


def ready(place: Place, waiting: list[PersonToRecord]) -> tuple[Live, PersonToRecord]:
    """A case in which only the pass is missing, and whose it is; people are hired by the dozen."""
    if not waiting:
        waiting += hire(place, 12)
    person = waiting.pop()
    live = open_for(place, person)
    steps.prepare(place.cast, live)
    return live, person


def count(place: Place, live: Live, kind: str) -> int:
    """How often something has happened in a case."""
    return Counter(fact["fact"] for fact in facts_of(place.prepared.site)[f"case/{live.case}"])[kind]


@pytest.fixture(scope="module")
def waiting() -> list[PersonToRecord]:
    """Who is hired and has no case yet."""
    return []


def kinds_of(fallen: list[Fell]) -> set[tuple[int, str]]:
    """Status and problem of the answers that were no success."""
    return {(each.status, each.problem) for each in fallen if each.status != 200}


@pytest.mark.soak
def test_of_two_hundred_redemptions_at_once_exactly_one_succeeds(place: Place, waiting: list[PersonToRecord]) -> None:
    """Each is the claiming device's, with a proof of its own; the others are refused by rule, none for want of room."""
    for _ in range(ROUNDS):
        live, _ = ready(place, waiting)
        code = steps.get_pass(live).code
        fallen = fire(place, [by_device(place, live, "/redeem", code=code) for _ in range(REDEMPTIONS)])
        told = tally(fallen)
        assert told[200, ""] == 1, told
        assert {status for status, _ in kinds_of(fallen)} == {409}, told
        assert {problem for _, problem in kinds_of(fallen)} <= ALREADY, told
        assert (count(place, live, "PassRedeemed"), count(place, live, "TryFailed")) == (1, 0)
        steps.register(live)


@pytest.mark.soak
def test_right_and_wrong_codes_at_once_make_no_more_tries_than_allowed(
    place: Place, waiting: list[PersonToRecord]
) -> None:
    """Half of a hundred codes are wrong, in any order: the tries in the ledger are those allowed at most."""
    chance = random.Random(7)
    for _ in range(ROUNDS):
        live, _ = ready(place, waiting)
        code = steps.get_pass(live).code
        codes = [code if number % 2 else wrong(code, number) for number in range(CODES)]
        chance.shuffle(codes)
        fallen = fire(place, [by_device(place, live, "/redeem", code=each) for each in codes])
        case = check_standing(place.prepared.site)[live.case]
        assert not {status for status, _ in kinds_of(fallen)} - {409}, tally(fallen)
        failed, redeemed = count(place, live, "TryFailed"), count(place, live, "PassRedeemed")
        assert failed <= case.requirements.tries
        assert redeemed == tally(fallen)[200, ""] <= 1
        assert redeemed == 1 or failed == case.requirements.tries


def wrong(code: str, number: int) -> str:
    """Return a well-formed code that is another one."""
    place = number % len(code)
    return code[:place] + ALPHABET[(ALPHABET.index(code[place]) + 1) % len(ALPHABET)] + code[place + 1 :]


def test_of_many_cases_of_one_account_one_is_opened(place: Place) -> None:
    """However many are asked for at once, one account has one open case for a purpose."""
    person = hire(place, 1)[0]
    asked = {"account": person.account, "purpose": "first_key"}
    fallen = fire(place, [by_operator(place, place.cast.requester, "/api/cases", asked) for _ in range(20)])
    assert tally(fallen)[200, ""] == 1
    assert kinds_of(fallen) == {(409, "slot-taken")}
    cases = [case for case in check_standing(place.prepared.site).values() if case.account == person.account]
    assert [case.closed for case in cases] == [None]


@pytest.mark.soak
def test_a_leaver_and_their_registration(place: Place, waiting: list[PersonToRecord]) -> None:
    """Whichever comes first: nobody who has left holds a key that opens anything, and their case is over as left."""
    seen = set()
    for number in range(PAIRS):
        live, person = ready(place, waiting)
        steps.redeem(live, steps.get_pass(live).code)
        response = live.joiner.make_passkey(live.handle)
        gone = (msgspec.structs.replace(person, active=False),)
        signed = place.cast.requester.sign("record_people", names=(digest_of_people(gone),))
        leaving = by_operator(
            place, place.cast.requester, "/api/people", {"people": msgspec.to_builtins(gone), "signed": signed}
        )
        registering = by_device(place, live, "/register", response=response)
        left, registered = fire_both(place, leaving, registering, swap=number % 2 == 1)
        assert left.status == 200, left
        assert registered.status == 200 or (registered.status, registered.problem) == (409, "account-gone"), registered
        case = check_standing(place.prepared.site)[live.case]
        if case.closed is Closure.COMPLETED:  # the sweeper was between the two
            held = facts_of(place.prepared.site)[f"account/{case.account}"]
            assert held[-1]["fact"] == "CredentialEnded"
            continue
        assert case.closed is Closure.LEFT
        assert case.credential is None or case.credential.state is CredentialState.RECALLED
        seen.add(registered.status)
    assert seen <= {200, 409}


@pytest.mark.soak
def test_a_withdrawal_and_a_redemption(place: Place, waiting: list[PersonToRecord]) -> None:
    """Whichever comes first: once the only approval is withdrawn the pass is dead, and no key is made on it."""
    for number in range(PAIRS):
        live, _ = ready(place, waiting)
        code = steps.get_pass(live).code
        signed = place.cast.approver.sign_on(live.case, "withdraw_approval")
        withdrawing = by_operator(
            place, place.cast.approver, f"{live.url}/approvals/withdraw", {"signed": signed, "for_cause": False}
        )
        redeeming = by_device(place, live, "/redeem", code=code)
        withdrawn, redeemed = fire_both(place, withdrawing, redeeming, swap=number % 2 == 1)
        assert withdrawn.status == 200, withdrawn
        assert redeemed.status in (200, 409), redeemed
        case = check_standing(place.prepared.site)[live.case]
        assert (case.pass_ is not None and case.pass_.state, case.window) == (PassState.REVOKED, None)
        assert live.joiner.post("/ceremony", live.handle).status == 409


def fire_both(place: Place, first: Shot, second: Shot, *, swap: bool) -> tuple[Fell, Fell]:
    """Send two requests at the same moment, either one the first; return their answers in the order given."""
    shots = [second, first] if swap else [first, second]
    fallen = fire(place, shots)
    return (fallen[1], fallen[0]) if swap else (fallen[0], fallen[1])


def with_one_approver_more(text: str, had: int) -> str:
    """Return the policy with a larger quorum on the path that the crowd's cases take."""
    before, name, after = text.partition('name = "managed_device_new"\n')
    quorum = f"approval.quorum = {had}"
    assert quorum in after
    return before + name + after.replace(quorum, f"approval.quorum = {had + 1}", 1)


def test_a_stricter_policy_and_an_issuance(place: Place, waiting: list[PersonToRecord]) -> None:
    """Whichever comes first: under a policy that asks for one approver more nothing is redeemed; it stays so."""
    for had in (1, 2):
        live, _ = ready(place, waiting)
        desk = place.cast.approver
        in_force = desk.client.request("GET", "/api/policies").json["in_force"]
        text = desk.client.request("GET", f"/api/policies/{in_force}").json["document"]
        stricter = with_one_approver_more(text, had)
        signed = desk.sign("propose_policy", names=(sha256_hex(stricter.encode()),))
        proposing = by_operator(place, desk, "/api/policies/propose", {"document": stricter, "signed": signed})
        proposed, issued = fire_both(place, proposing, by_device(place, live, "/pass"), swap=had == 2)
        assert proposed.status == 200, proposed
        assert proposed.body["in_force"] == sha256_hex(stricter.encode())
        assert issued.status in (200, 409), issued
        if issued.status == 200:
            opened = live.joiner.open_code(live.handle, issued.body)
            assert live.joiner.post("/redeem", live.handle, code=opened.code).status == 409
        live.joiner.post("/status", live.handle)
        assert count(place, live, "PassRedeemed") == 0
        assert check_standing(place.prepared.site)[live.case].live_pass is None
