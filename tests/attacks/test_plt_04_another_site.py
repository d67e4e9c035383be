"""PLT-04: one organisation reaches into another: what was made on one site is used on its neighbour."""

from collections.abc import Iterator

import pytest

from firstkey.demo import steps
from firstkey.demo.people import Joiner, done
from firstkey.demo.steps import Live
from firstkey.simulator.client import Client
from firstkey.values.encoding import unb64u
from tests.attacks.siege import Siege, besieged, told

STEPS = (("status", False), ("redeem", True), ("pass", False), ("ceremony", False))
"""Steps of a device, and whether they take a code."""


@pytest.fixture(scope="module")
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """Another organisation's site, with people, accounts and devices of the same names."""
    with besieged(tmp_path_factory.mktemp("neighbour")) as found:
        yield found


def twins(siege: Siege, neighbour: Siege) -> tuple[Live, Live]:
    """One case here and one there, of a person, account and asset of the same names, each with an armed pass."""
    name = {"person": "p-twin", "account": "dir:twin", "user_name": "twin", "asset": "LT-twin"}
    here, there = siege.hire(**name), neighbour.hire(**name)
    return siege.prepared_case(here), neighbour.prepared_case(there)


def test_nothing_of_one_site_opens_anything_of_another(siege: Siege, neighbour: Siege) -> None:
    """Handle, case, code, claim, session and signature of one, sent to the other, are answered as a stranger's."""
    here, there = twins(siege, neighbour)
    opened = steps.get_pass(here)
    steps.get_pass(there)
    visitor: Client = neighbour.stranger()
    visitor.prover = here.joiner.device.prove
    visitor.session = siege.cast.requester.client.session
    with neighbour.nothing_changes():
        for step, more in STEPS:
            sent = {"handle": here.handle, **({"code": opened.code} if more else {})}
            assert told(visitor.request("POST", f"/api/claim/{step}", sent)) == (404, "not-found")
        assert told(visitor.request("GET", f"/api/cases/{here.case}")) == (401, "sign-in-needed")
        assert told(visitor.request("GET", f"/api/cases/{there.case}")) == (401, "sign-in-needed")
    assert siege.shown(here)["pass_state"] == "armed"


def test_a_passkey_of_one_site_signs_nobody_in_at_another(siege: Siege, neighbour: Siege) -> None:
    """An assertion over the other's statement, by a key that is known here alone, is refused."""
    live = siege.completed()
    visitor = Joiner(neighbour.address, live.joiner.person, "Joy", live.joiner.authenticator)
    assert visitor.try_sign_in().problem == "not-found"
    anna = siege.cast.approver
    begun = done(siege.stranger().request("POST", "/api/sign-in/options", {}), "options")
    assertion = anna.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    body = {"signed": {"digest": begun["digest"], "assertion": assertion}}
    assert told(neighbour.stranger().request("POST", "/api/sign-in", body)) == (404, "not-found")


def test_a_signature_names_its_site(siege: Siege, neighbour: Siege) -> None:
    """An approval signed for a case here is no approval there, even in the session of somebody of the same duty."""
    here, there = siege.open(), neighbour.open()
    siege.proof(here)
    neighbour.proof(there)
    desk, other = siege.cast.approver, neighbour.cast.approver
    signed = desk.sign("give_approval", here.case, 1, digests=(siege.shown(here)["digest"],))
    with neighbour.nothing_changes():
        answer = other.post(f"{there.url}/approvals", {"signed": signed})
        assert told(answer) == (409, "statement-unknown")
    assert Joiner(neighbour.address, desk.person, "Anna", desk.operator.authenticator).try_sign_in().status == 404


def test_a_devices_proof_names_its_site(siege: Siege, neighbour: Siege) -> None:
    """What a browser signed for one site's address is not its request at the other."""
    there = neighbour.open()
    device = there.joiner.device
    visitor = neighbour.stranger()

    def for_the_other(method: str, url: str, body: bytes, nonce: str) -> str:
        return device.prove(method, url.replace(neighbour.address.origin, siege.address.origin), body, nonce)

    visitor.prover = for_the_other
    with neighbour.nothing_changes():
        keys = device.bind_keys(there.handle)
        answer = visitor.request("POST", "/api/claim", {"handle": there.handle, "keys": keys})
        assert told(answer) == (404, "not-found")


def test_a_ledger_is_its_sites_own(siege: Siege, neighbour: Siege) -> None:
    """Each site has keys, pepper and a ledger of its own."""
    for name in ("keys/facts", "keys/ledger", "keys/nonce", "pepper"):
        assert (siege.site / name).read_bytes() != (neighbour.site / name).read_bytes()
    assert siege.prepared.ledger_key != neighbour.prepared.ledger_key
