"""Handing over: the native pass is granted on the whole ground, sealed to the claiming device, and gone at the end."""

import pytest
from msgspec.structs import replace

from firstkey.actions import devices, handover, registration
from firstkey.actions.effects import Effect
from firstkey.destinations.reasons import DestinationReason
from firstkey.enrollment.case.words import Closure, CredentialState, NativeState, Stage
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE, SECOND
from tests.actions.handover_world import ACCOUNT, HandoverWorld
from tests.actions.looking import documents, facts, holder, policy_with, refusal
from tests.actions.site_world import SiteWorld


def test_a_joiner_is_handed_over_and_ends_with_a_working_key() -> None:
    """Redemption, native pass, its page, read back: the case completes, and the native pass is gone."""
    world = HandoverWorld()
    answer = world.minted()
    assert answer.state.native_state is NativeState.MINTED
    assert answer.page == world.tenant.page
    credential = world.make_there(world.open_native(answer))
    world.let_pass(3 * SECOND)
    assert facts(world)[-6:] == (
        "NativePassMinted",
        "NativePassUsed",
        "CredentialRegistered",
        "NativePassReaped",
        "CredentialActivated",
        "CaseClosed",
    )
    assert world.shown.closed is Closure.COMPLETED
    assert (world.page.opens(credential), world.page.usable_native_passes(ACCOUNT)) == (True, 0)
    assert world.claim_status().native_state is NativeState.REAPED
    assert holder(world, SlotKind.NATIVE_PASS, ACCOUNT) is None
    world.let_pass(26 * MINUTE, MINUTE)
    assert world.waiting() == ["watch"]
    world.record_joiner(active=False)
    world.let_pass(2 * HOUR, HOUR)
    assert world.waiting() == []
    assert documents(world, DocumentKind.NATIVE_PASS) == {}


def test_nothing_is_minted_before_the_code_is_spent() -> None:
    """Before redemption there is no native pass to be had, and the destination is not spoken to."""
    world = HandoverWorld()
    world.armed()
    asking = handover.get_native_pass(world.site, world.by(), devices.Handle(world.handle))
    assert refusal(asking) == "window-over"
    assert (world.waiting(), world.page.usable_native_passes(ACCOUNT)) == ([], 0)


def test_where_the_key_is_made_here_nobody_is_handed_over() -> None:
    """A path of the site's own store grants no native pass."""
    world = SiteWorld()
    world.redeem(world.armed())
    asking = handover.get_native_pass(world.site, world.by(), devices.Handle(world.handle))
    assert refusal(asking) == "destination-not-handover"


def test_where_the_destination_makes_the_key_none_is_made_here() -> None:
    """No ceremony is begun, also when the site has lost its destination since."""
    world = HandoverWorld()
    world.redeemed()
    for destinations in (world.site.destinations, {}):
        world.site = replace(world.site, destinations=destinations)
        starting = registration.start_ceremony(world.site, world.by(), devices.Handle(world.handle))
        assert refusal(starting) == "destination-makes-credential"


def test_another_device_gets_no_native_pass() -> None:
    """A rival is turned away before and after it is minted; only the claiming device opens what is sealed."""
    world = HandoverWorld()
    answer, rival = world.minted(), JoinerDevice(now=world.clock.now)
    asking = handover.get_native_pass(world.site, world.by(rival), devices.Handle(world.handle))
    assert refusal(asking) == "another-device-claimed"
    with pytest.raises(Refused) as refused:
        world.open_native(answer, rival)
    assert refused.value.reason is SimulatorReason.CodeNotForThisDevice


def test_the_secret_is_kept_for_the_device_alone() -> None:
    """What the destination drew stands in no document and no fact, and the seal itself goes once it may not be used."""
    world = HandoverWorld()
    secret = world.open_native(world.minted()).encode()
    kept = documents(world, DocumentKind.NATIVE_PASS).values()
    assert all(secret not in body and b"ciphertext" in body for body in kept)
    world.close()
    world.work_outbox()
    world.let_pass(SECOND)
    assert all(b"ciphertext" not in body for body in documents(world, DocumentKind.NATIVE_PASS).values())


def test_asking_again_mints_no_second_one() -> None:
    """While a native pass stands the same one is given again."""
    world = HandoverWorld()
    first = world.minted()
    world.work_outbox()
    again = world.ask_native()
    assert (again.native, again.sealed) == (first.native, first.sealed)
    assert facts(world).count("NativePassMinted") == 1


def test_a_used_secret_opens_nothing_more() -> None:
    """The page takes a native pass once."""
    world = HandoverWorld()
    secret = world.open_native(world.minted())
    world.make_there(secret)
    with pytest.raises(Refused) as refused:
        world.page.begin(secret)
    assert refused.value.reason is DestinationReason.NativePassOver


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        ({"destinations": '["elsewhere"]'}, "no destination elsewhere"),
        ({"destinations": '["tenant", "local"]'}, "stands alone"),
        ({"activation__cooling_off": '"24h"'}, "no cooling-off"),
        ({"anchors": '["authenticator"]'}, "judged at registration"),
    ],
)
def test_what_a_destination_cannot_keep_is_not_begun(asks: dict[str, str], why: str) -> None:
    """A path that could never end in a credential here opens no case, and says why."""
    world = HandoverWorld(policy_with("managed_device_new", **{"destinations": '["tenant"]', **asks}))
    world.record_joiner()
    with pytest.raises(Refused) as refused:
        world.open()
    assert (refused.value.type, why in refused.value.detail) == ("destination-unfit", True)


def test_stages_are_shown() -> None:
    """The joiner's page sees where it is at each step."""
    world = HandoverWorld()
    world.redeemed()
    seen = [(world.claim_status().stage, world.claim_status().native_state)]
    asked = world.ask_native()
    assert asked.sealed is None
    seen.append((asked.state.stage, asked.state.native_state))
    world.work_outbox()
    world.make_there(world.open_native(world.ask_native()))
    world.clock.instant += SECOND
    world.work_outbox()
    seen.append((world.claim_status().stage, world.claim_status().native_state))
    assert seen == [
        (Stage.REGISTRATION, None),
        (Stage.REGISTRATION, NativeState.MINTED),
        (Stage.ACTIVATION, NativeState.REAPED),
    ]
    assert world.shown.credential_state is CredentialState.PENDING
    assert Effect.WATCH in world.waiting()
