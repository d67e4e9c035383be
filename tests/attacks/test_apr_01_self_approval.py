"""APR-01: somebody approves their own enrollment."""

from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Live
from tests.attacks.siege import Siege, told


def own_case(siege: Siege) -> tuple[Desk, Live]:
    """An operator with every part in a case has lost their key, and asks for another themselves."""
    desk = siege.enlist("requester", "proofer", "approver", "security", "confirmer", "deliverer")
    person = siege.recorded(desk.person)
    lost = siege.told(f"account/{person.account}")[0]["credential"]
    begun = done(siege.ask(person, "recovery", desk, lost_credential=lost), "open")
    return desk, Live(begun["case"], begun["handle"], begun["path"], siege.joiner(person))


def test_the_joiner_holds_no_duty_in_their_own_case(siege: Siege) -> None:
    """Who asks for their own key proofs, approves, denies, claims and attends nothing, whatever they may for others."""
    desk, live = own_case(siege)
    with siege.nothing_changes():
        assert told(siege.evidence(live, desk)) == (409, "joiner-holds-no-duty")
    siege.proof(live)
    with siege.nothing_changes():
        assert told(siege.consent(live, desk)) == (409, "joiner-holds-no-duty")
        signed = siege.act(live, "deny_approval", desk)
        assert told(desk.post(f"{live.url}/approvals/deny", {"signed": signed})) == (409, "joiner-holds-no-duty")
        assert told(siege.station_claims(live, desk)) == (409, "joiner-holds-no-duty")
    assert done(desk.post(f"{live.url}/withdraw", {}), "withdraw")["closed"] == "withdrawn"


def test_who_asks_does_not_consent(siege: Siege) -> None:
    """The requester's own consent is refused, and noted under their name; nothing came of it."""
    live = siege.open()
    siege.proof(live)
    desk = siege.cast.requester
    before = len(siege.refusals(person=desk.person))
    with siege.nothing_changes():
        assert told(siege.consent(live, desk)) == (409, "duties-conflict")
        assert told(siege.consent(live, siege.cast.proofer)) == (409, "duties-conflict")
    assert siege.refusals(person=desk.person)[before:] == ["duties-conflict"]
    assert siege.shown(live)["approvals"] == []


def test_on_every_path_it_is_the_same(siege: Siege) -> None:
    """Emergency, contractor, own device, counter: no path lets its requester approve."""
    for kind, purpose in (
        ("managed", "emergency"),
        ("contractor", "first_key"),
        ("own", "first_key"),
        ("counter", "first_key"),
        ("privileged", "first_key"),
    ):
        live = siege.open(kind, purpose)
        level = {"method": "document_chip_in_person", "level": 2} if kind == "privileged" else {}
        siege.proof(live, **level)
        assert told(siege.consent(live, siege.cast.requester)) == (409, "duties-conflict"), live.path
