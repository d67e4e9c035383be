"""What the shell adds to redemption: what a code is compared for, how often, and what remains of it."""

import msgspec
import pytest

from firstkey.actions import claim, delivery, redemption, request
from firstkey.actions.acts import SignedStatement
from firstkey.actions.codes import CodeDesk
from firstkey.actions.devices import Handle
from firstkey.actions.redemption import CodeToRedeem
from firstkey.enrollment.case.limits import RIVAL_CODES_COMPARED_MAX
from firstkey.enrollment.case.surroundings import CodeJudged
from firstkey.enrollment.case.words import Closure, PassState, Stage
from firstkey.policy.model import Purpose
from firstkey.ports.fact_store import Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.storage.verifiers import MemoryVerifierReader
from firstkey.values.encoding import unb64u
from firstkey.values.instants import MINUTE
from firstkey.values.secret import Secret
from tests.actions.looking import documents, facts, policy_with, refusal, suspend, verifiers
from tests.actions.site_world import SiteWorld, done

WRONG = "0" * 26


@pytest.fixture
def world() -> SiteWorld:
    """A case whose pass is armed; its code is in `world.code`."""
    world = SiteWorld()
    world.code = world.armed()
    return world


def redeeming(world: SiteWorld, code: str, device: JoinerDevice | None = None, handle: str = "") -> str:
    """Send a code that is refused; return why."""
    asked = CodeToRedeem(handle or world.handle, code)
    return refusal(redemption.redeem_pass(world.site, world.by(device), asked))


def test_a_code_works_once(world: SiteWorld) -> None:
    """Spent, it opens a window; sent again it does nothing."""
    assert world.redeem(world.code).pass_state is PassState.REDEEMED
    assert redeeming(world, world.code) == "not-a-step"
    assert facts(world).count("PassRedeemed") == 1


def test_a_code_is_read_as_people_write(world: SiteWorld) -> None:
    """Small letters, spaces, hyphens and look-alikes are forgiven."""
    written = "-".join(world.code.lower().replace("1", "l").replace("0", "o"))
    assert world.redeem(written).pass_state is PassState.REDEEMED


def test_a_malformed_code_is_never_a_try(world: SiteWorld) -> None:
    """Too short, too long, or with a symbol that is none: refused before anything is looked at."""
    for malformed in ("", "x", world.code[:-1], world.code + "0", world.code[:-1] + "U", "é" * 26):
        assert redeeming(world, malformed) == "code-malformed"
    assert world.shown.tries_failed == 0
    world.redeem(world.code)


def test_three_wrong_codes_end_the_case(world: SiteWorld) -> None:
    """Each is durable before it is told; the third ends pass and case, and the right one comes too late."""
    for tried in (1, 2, 3):
        assert redeeming(world, WRONG) == "code-wrong"
        assert world.shown.tries_failed == tried
    assert world.shown.closed is Closure.TRIES_EXHAUSTED
    assert redeeming(world, world.code) in ("case-over", "not-a-step")


def test_strangers_neither_use_nor_burn_a_pass(world: SiteWorld) -> None:
    """A device that names no case is told nothing, and no try is charged, whatever it sends."""
    stranger = JoinerDevice(now=world.clock.now)
    for code in (WRONG, world.code):
        assert redeeming(world, code, stranger, handle="no-handle") == "not-found"
    assert world.shown.tries_failed == 0
    world.redeem(world.code)


def rivals(world: SiteWorld) -> JoinerDevice:
    """Return another device."""
    return JoinerDevice(now=world.clock.now)


def test_a_rivals_codes_are_compared_five_times(world: SiteWorld) -> None:
    """Wrong ones change nothing; after five the right one in a rival's hands is not looked at any more."""
    for _ in range(RIVAL_CODES_COMPARED_MAX):
        assert redeeming(world, WRONG, rivals(world)) == "another-device-claimed"
    assert documents(world, DocumentKind.RIVAL_COUNT) == {world.case: b"5"}
    assert redeeming(world, world.code, rivals(world)) == "another-device-claimed"
    assert (world.shown.closed, world.shown.tries_failed) == (None, 0)
    world.redeem(world.code)


@pytest.mark.parametrize("before", range(RIVAL_CODES_COMPARED_MAX))
def test_a_right_code_in_a_rivals_hands_ends_the_case(world: SiteWorld, before: int) -> None:
    """Among the five that are compared, whichever it is: pass and case end as misused, for the joiner, too."""
    for _ in range(before):
        redeeming(world, WRONG, rivals(world))
    ends = [world.shown.closed]
    assert redeeming(world, world.code, rivals(world)) == "another-device-claimed"
    assert [*ends, world.shown.closed] == [None, Closure.MISUSED]
    assert verifiers(world) == {}
    assert redeeming(world, world.code) in ("case-over", "not-a-step")


def test_a_pass_is_over_at_its_minute(world: SiteWorld) -> None:
    """At ten minutes the right code is refused, and it is no try."""
    world.clock.instant += 10 * MINUTE
    assert redeeming(world, world.code) in ("not-a-step", "window-over")
    assert world.shown.tries_failed == 0


def test_a_millisecond_before_it_is_not(world: SiteWorld) -> None:
    """The last moment counts."""
    world.clock.instant += 10 * MINUTE - 1
    assert world.redeem(world.code).pass_state is PassState.REDEEMED


def test_a_code_is_not_looked_at_while_its_ground_is_gone(world: SiteWorld) -> None:
    """On a held case neither the right nor a wrong code is compared, and no try is charged."""
    asked = request.ActOnCase(world.sign_on_case("anna", "hold_case"))
    done(request.hold_case(world.site, world.operators["anna"], world.case, asked))
    for code in (WRONG, world.code):
        assert redeeming(world, code) in ("case-held", "not-a-step")
    assert world.shown.tries_failed == 0


class WatchedDesk(CodeDesk):
    """A desk that counts how often a code was compared."""

    compared = 0

    async def compare(self, pass_id: str, code: Secret) -> CodeJudged:
        """Count, and compare."""
        self.compared += 1
        return await super().compare(pass_id, code)

    def compare_within(self, tx: Transaction, pass_id: str, code: Secret) -> CodeJudged:
        """Count, and compare."""
        self.compared += 1
        return super().compare_within(tx, pass_id, code)


def watched(policy: bytes | None = None) -> tuple[SiteWorld, WatchedDesk]:
    """A site with such a desk."""
    world = SiteWorld(policy)
    desk = WatchedDesk(Secret(b"p" * 32), MemoryVerifierReader(world.store))
    world.site = msgspec.structs.replace(world.site, codes=desk)
    return world, desk


def test_a_code_is_compared_only_where_that_may_matter() -> None:
    """For a rival after five, on a held case, and of a pass that is spent or over, nothing is compared."""
    world, desk = watched()
    code = world.armed()
    for _ in range(RIVAL_CODES_COMPARED_MAX + 2):
        redeeming(world, WRONG, rivals(world))
    assert desk.compared == RIVAL_CODES_COMPARED_MAX
    done(claim.not_me(world.site, world.by(), Handle(world.handle)))
    redeeming(world, code)
    assert desk.compared == RIVAL_CODES_COMPARED_MAX
    world, desk = watched()
    code = world.armed()
    world.redeem(code)
    redeeming(world, code)
    assert desk.compared == 1
    world, desk = watched()
    code = world.armed()
    world.clock.instant += 10 * MINUTE
    redeeming(world, code)
    assert desk.compared == 0


def test_a_typed_code_is_compared_only_where_that_may_matter() -> None:
    """A typed code, too: not on a held case, and once on the way to its end."""
    in_person = {"channel": '"in_person"', "channel_reason": '"Its screen cannot open a sealed code."'}
    world, desk = watched(policy_with("managed_device_new", **in_person))
    world.prepare()
    asked = done(delivery.get_pass(world.site, world.by(), Handle(world.handle)))
    signed = world.sign_on_case("rita", "arm_pass", str(asked.state.pass_id))
    revealing = delivery.reveal_pass(world.site, world.operators["rita"], world.case, delivery.PassToReveal(signed))
    code = done(revealing).code
    assert redeeming(world, "0" * 14) == "code-wrong"
    assert world.redeem(code).pass_state is PassState.REDEEMED
    assert desk.compared == 2
    assert redeeming(world, code) == "not-a-step"
    done(claim.not_me(world.site, world.by(), Handle(world.handle)))
    redeeming(world, code)
    assert desk.compared == 2


class OwnKey:
    """A joiner with a working passkey who asks for a second one."""

    def __init__(self) -> None:
        self.world = world = SiteWorld()
        world.completed()
        world.device = JoinerDevice(now=world.clock.now)
        world.open(Purpose.ADD_KEY)
        world.claim()

    def signed(self, device: JoinerDevice | None = None) -> SignedStatement:
        """Sign the statement of this case and claim with the key that works."""
        world = self.world
        handle = Handle(world.handle)
        to_sign = done(redemption.ask_own_key(world.site, world.by(device), handle))
        assertion = world.joiner.sign_act(
            unb64u(to_sign.statement), to_sign.options, act="assert_own_key", case=world.case
        )
        return SignedStatement(to_sign.digest, assertion)

    def asserting(self, signed: SignedStatement, device: JoinerDevice | None = None) -> str:
        """Send it, in a way that is refused."""
        asked = redemption.OwnKeyToAssert(self.world.handle, signed)
        return refusal(redemption.assert_own_key(self.world.site, self.world.by(device), asked))

    def authorise(self) -> Stage:
        """Send it."""
        asked = redemption.OwnKeyToAssert(self.world.handle, self.signed())
        return done(redemption.assert_own_key(self.world.site, self.world.by(), asked)).stage


def test_an_active_key_authorises_the_next() -> None:
    """Its assertion over this case and claim opens the window; a second key is made and becomes active."""
    own = OwnKey()
    assert own.authorise() is Stage.REGISTRATION
    world = own.world
    world.authenticator = Authenticator(world.traits, world.attester)
    world.register()
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED
    assert len(facts(world, "account/dir:100")) == 2


def test_an_own_key_is_asserted_by_the_claiming_device_alone() -> None:
    """Another device gets no statement, and what it brings counts for nothing."""
    own = OwnKey()
    rival = JoinerDevice(now=own.world.clock.now)
    asking = redemption.ask_own_key(own.world.site, own.world.by(rival), Handle(own.world.handle))
    assert refusal(asking) == "not-found"
    assert own.asserting(own.signed(), rival) == "another-device-claimed"
    assert own.authorise() is Stage.REGISTRATION


def test_an_operators_act_is_no_own_key() -> None:
    """Whatever somebody else signs with a key of their own opens no window."""
    own = OwnKey()
    claimed = str(own.world.shown.claim)
    assert own.asserting(own.world.sign_on_case("anna", "assert_own_key", claimed)) == "act-not-for-this"
    assert own.authorise() is Stage.REGISTRATION


def test_a_key_out_of_use_authorises_nothing() -> None:
    """Suspended between the question and the answer, it opens no window."""
    own = OwnKey()
    signed = own.signed()
    suspend(own.world, own.world.joiner)
    assert own.asserting(signed) in ("key-out-of-use", "credential-not-active")
    assert own.world.shown.stage is not Stage.REGISTRATION


def test_an_attended_case_is_opened_by_the_confirmers_act() -> None:
    """Without a station the attended path takes no press of the joiner's own device."""
    world = SiteWorld()
    world.record_joiner(facts={"device": "own"})
    world.open()
    claiming = claim.claim_case(
        world.site, world.by(), claim.ClaimToMake(world.handle, world.device.bind_keys(world.handle))
    )
    assert refusal(claiming) == "bootstrap-differs"


def test_what_the_ground_has_lost_is_written_down_though_the_code_is_refused() -> None:
    """An employment that ended a moment ago: the refusal does not undo that the pass is dead and its verifier gone."""
    world = SiteWorld()
    world.record_joiner(ends_at=world.clock.now() + 5 * MINUTE)
    world.open()
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    code = world.get_pass()
    world.clock.instant += 6 * MINUTE
    asked = redemption.CodeToRedeem(world.handle, code)
    refusal(redemption.redeem_pass(world.site, world.by(), asked))
    assert {"PassRevoked", "CaseClosed"} <= set(facts(world))
    assert "PassRedeemed" not in facts(world)
