"""CMP-05: our record and the identity system disagree: a write that was lost, sent twice, or made past us."""

import pytest

from firstkey.demo import handover, steps
from firstkey.destinations.handover_simulator import HONEST, Conduct
from firstkey.ports.destination import SeenCredential
from firstkey.values.errors import Refused
from firstkey.values.instants import MINUTE
from tests.attacks.siege import Siege, told


def test_a_key_made_past_us_is_found_and_is_nobodys(siege: Siege) -> None:
    """While a joiner is handed over, another key is written there by hand: it is stray, told, and not the case's."""
    live = siege.redeemed("tenant")
    account = siege.recorded(live.joiner.person).account
    secret = handover.open_native(live, handover.get_native(live))
    stray = SeenCredential(credential=f"stray-{live.case[:8]}", created_at=siege.server.clock.now, active=True)
    siege.page.plant(account, stray)
    siege.until(lambda: "StrayCredentialFound" in siege.facts(live))
    credential = handover.make_key_there(live, siege.page, secret)
    steps.wait_until_active(live)
    shown = siege.shown(live)
    assert (shown["credential"], shown["closed"]) == (credential, "completed")
    assert credential != stray.credential
    assert siege.credentials(siege.recorded(live.joiner.person)) == ["CredentialHeld"]


def test_an_answer_is_not_a_key(siege: Siege) -> None:
    """It answers that a native pass was used, and no key is there: nothing is registered, and the window ends it."""
    live = siege.redeemed("tenant")
    handover.get_native(live)
    page = siege.page
    page.behave(Conduct(says_used=True))
    try:
        siege.later(5 * MINUTE)
        assert "CredentialRegistered" not in siege.facts(live)
    finally:
        page.behave(HONEST)
    siege.later(20 * MINUTE)
    siege.until(lambda: "NativePassReaped" in siege.facts(live))
    assert "CredentialRegistered" not in siege.facts(live)


def test_a_pass_that_it_says_is_gone_is_looked_for(siege: Siege) -> None:
    """It says that its pass is reaped and keeps it: until it is read back as gone the account gets no new one."""
    person = siege.hire("tenant")
    live = siege.redeemed(person)
    secret = handover.open_native(live, handover.get_native(live))
    page = siege.page
    page.behave(Conduct(drops=("reap",)))
    try:
        siege.cast.requester.post(f"{live.url}/withdraw", {})
        again = siege.prepared_case(person)
        with siege.nothing_changes():
            assert told(again.joiner.post("/pass", again.handle)) == (409, "native-pass-stands")
    finally:
        page.behave(HONEST)
    siege.until(lambda: "NativePassReaped" in siege.facts(live))
    with pytest.raises(Refused):
        page.begin(secret)


def test_a_call_that_took_hold_and_failed_is_not_made_twice(siege: Siege) -> None:
    """The destination minted, and its answer was lost: the joiner ends with one native pass and one key."""
    page = siege.page
    page.behave(Conduct(fails_after=("mint",), times=1))
    try:
        live, credential = siege.handed_over()
    finally:
        page.behave(HONEST)
    account = siege.recorded(live.joiner.person).account
    assert siege.facts(live).count("CredentialRegistered") == 1
    assert page.opens(credential)
    siege.until(lambda: page.usable_native_passes(account) == 0)


def test_a_native_pass_is_only_for_the_redeeming_device(siege: Siege) -> None:
    """Before the code is spent there is none; another device is refused it; what is sealed opens nowhere else."""
    live = siege.prepared_case("tenant")
    assert handover.ask_native(live).status == 409
    steps.redeem(live, steps.get_pass(live).code)
    thief = live._replace(joiner=siege.joiner(siege.recorded(live.joiner.person)))
    assert told(handover.ask_native(thief)) == (409, "another-device-claimed")
    sealed = handover.get_native(live)
    with pytest.raises(Refused):
        handover.open_native(thief, sealed)
