"""DLV-06: a code on a screen is relayed: scanned by the attacker, or the attacker's scanned by the joiner."""

from firstkey.demo import steps
from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from firstkey.values.instants import MINUTE, SECOND
from tests.attacks.siege import Siege, told


def ready(siege: Siege) -> Live:
    """A case that waits for its visit."""
    live = siege.open()
    siege.claim(live)
    siege.proof(live)
    siege.approve(live)
    return live


def shown(siege: Siege, live: Live, desk: Desk | None = None) -> dict[str, str]:
    """A start code on a confirmer's screen."""
    answer: dict[str, str] = done((desk or siege.cast.confirmer).post(f"{live.url}/start-codes", {}), "start code")
    return answer


def typed(siege: Siege, live: Live, start_code: str, number: str, desk: Desk | None = None) -> Answer:
    """A confirmer types a number under their signature."""
    desk = desk or siege.cast.confirmer
    signed = siege.act(live, "anchor_claim", desk, siege.shown(live)["claim"])
    return desk.post(f"{live.url}/anchor", {"start_code": start_code, "number": number, "signed": signed})


def test_a_photographed_start_code_is_useless_elsewhere(siege: Siege) -> None:
    """Scanned by another device it is refused, counts no try, and the joiner's own device still goes on."""
    live = ready(siege)
    code = shown(siege, live)
    far_away = siege.joiner(siege.recorded(live.joiner.person))
    answer = far_away.post("/start-code", live.handle, start_code=code["start_code"])
    assert told(answer) == (409, "another-device-claimed")
    assert siege.facts(live)[-1] == "RivalRefused"
    number = done(live.joiner.post("/start-code", live.handle, start_code=code["start_code"]), "scan")["number"]
    assert typed(siege, live, code["id"], number).status == 200


def test_the_number_of_another_claim_ties_nothing(siege: Siege) -> None:
    """A number relayed from elsewhere, whatever it is, is not the one that belongs to this claim and this code."""
    live, other = ready(siege), ready(siege)
    visit, elsewhere = steps.meet(siege.cast, live), steps.meet(siege.cast, other)
    if visit.number != elsewhere.number:
        assert told(typed(siege, live, visit.start_code, elsewhere.number)) == (409, "number-differs")
    assert typed(siege, live, elsewhere.start_code, elsewhere.number).status == 409
    assert siege.shown(live)["anchor"] is None


def test_a_start_code_is_for_a_minute_and_for_once(siege: Siege) -> None:
    """Scanned after sixty seconds it ties nothing; scanned twice it is unknown."""
    live = ready(siege)
    old = shown(siege, live)
    siege.later(61 * SECOND)
    late = live.joiner.post("/start-code", live.handle, start_code=old["start_code"])
    if late.status == 200:
        assert told(typed(siege, live, old["id"], late.json["number"])) == (409, "start-code-over")
    fresh = shown(siege, live)
    number = done(live.joiner.post("/start-code", live.handle, start_code=fresh["start_code"]), "scan")["number"]
    again = live.joiner.post("/start-code", live.handle, start_code=fresh["start_code"])
    assert told(again) == (404, "not-found")
    assert siege.shown(live)["anchor"] is None
    assert typed(siege, live, fresh["id"], number).status == 200


def test_who_shows_the_code_types_the_number(siege: Siege) -> None:
    """A colleague elsewhere, to whom the number is read by telephone, does not stand there."""
    live = ready(siege)
    visit = steps.meet(siege.cast, live)
    assert told(typed(siege, live, visit.start_code, visit.number, siege.cast.requester)) == (409, "start-code-over")
    siege.later(3 * MINUTE)
    assert told(typed(siege, live, visit.start_code, visit.number)) == (409, "start-code-over")
    assert siege.shown(live)["anchor"] is None


def test_an_address_alone_admits_nobody(siege: Siege) -> None:
    """Whoever scanned the handle first has the claim; it is not tied, and no pass comes of it."""
    live = siege.open()
    thief = siege.joiner(siege.recorded(live.joiner.person))
    done(thief.claim(live.handle), "claim")
    siege.proof(live)
    siege.approve(live)
    assert told(thief.post("/pass", live.handle)) == (409, "anchor-missing")
    assert told(live.joiner.claim(live.handle)) == (409, "another-device-claimed")
    assert "PassIssued" not in siege.facts(live)
