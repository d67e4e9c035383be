"""The site's own stream, folded: what each fact changes, and who may do what."""

from firstkey.actions.site_state import EVERY_DUTY, SiteState
from firstkey.actions.site_stream import EpochRaised, append_site_facts, site_state
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.enrollment.case.words import PassState
from firstkey.policy.model import Duty
from firstkey.ports.fact_store import Transaction
from tests.actions.site_world import SiteWorld


def state(world: SiteWorld) -> SiteState:
    """Return what the stream says."""
    return world.store.read(lambda reader: site_state(world.site, reader).state).result()


def test_a_site_begins_with_nothing() -> None:
    """No founder, no policy, no code, epoch 1."""
    assert state(SiteWorld(founded=False)) == SiteState()


def test_founders_hold_every_duty_once_the_site_is_founded() -> None:
    """Each of them, every duty of a case and the administrator's; before, none."""
    world = SiteWorld()
    now = state(world)
    assert {duty.value for duty in Duty} | {ADMINISTRATOR} <= EVERY_DUTY
    persons = {person.person for person in world.people.values()}
    assert now.eligible == {(person, duty) for person in persons for duty in EVERY_DUTY}
    assert not SiteState(founders=now.founders).eligible


def test_founding_leaves_no_code_behind() -> None:
    """The verifier is gone from the state with the last signature; policy and recovery key stay."""
    now = state(SiteWorld())
    assert (now.code_verifier, now.founded, now.recovery_key) == (None, True, "recovery-key")
    assert len(now.policy) == 64
    assert len(now.signed) == len(now.founders) == 4


def test_raising_the_epoch_kills_live_passes_and_nothing_else() -> None:
    """The armed pass is dead at the next look; the case stands, and the next pass comes by one press."""
    world = SiteWorld()
    code = world.armed()

    def work(tx: Transaction) -> None:
        append_site_facts(world.site, tx, EpochRaised(at=tx.now, epoch=2))

    world.store.execute(work).result()
    assert state(world).epoch == 2
    world.claim_status()
    states = [world.shown.pass_state]
    again = world.get_pass()
    assert again != code
    assert world.redeem(again).pass_state is PassState.REDEEMED
    assert states == [PassState.REVOKED]
    assert world.shown.closed is None
