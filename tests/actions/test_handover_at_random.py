"""Handover under whatever happens in whatever order: when the storm is over, nothing opens that should not."""

import os
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from firstkey.actions import claim, closure, delivery, devices
from firstkey.actions.confirmations import OVER, standing_of
from firstkey.actions.handover import NativePassAnswer
from firstkey.destinations.handover_simulator import Conduct
from firstkey.enrollment.case.facts import StrayCredentialFound, decode_fact
from firstkey.ports.kinds import SlotKind
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseIndex
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import HOUR, MINUTE, SECOND
from tests.actions.handover_world import ACCOUNT, HandoverWorld
from tests.actions.looking import holder, in_casework
from tests.actions.site_world import done

SEEDS = range(400 if os.environ.get("FIRSTKEY_SOAK") else 6)
STEPS = 30
OPERATIONS = ("mint", "native_passes", "reap", "read_back", "suspend", "restore", "recall")


class Storm:
    """A world in which anything may come next.

    Args:
        seed: of what comes.
    """

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.world = HandoverWorld()
        self.given: NativePassAnswer | None = None
        self.planted: set[str] = set()
        self.world.redeemed()

    def step(self) -> None:
        """Something happens, and time goes by; what is refused is no matter."""
        turns: list[tuple[int, Callable[[], object]]] = [
            (6, self.ask),
            (5, self.make),
            (4, self.misbehave),
            (2, self.behave),
            (1, self.withdraw),
            (1, self.not_me),
            (1, self.revoke),
            (1, self.leave),
            (1, self.plant),
            (1, self.next_case),
        ]
        weights = [weight for weight, _ in turns]
        _, turn = self.dice.choices(turns, weights)[0]
        with suppress(Refused, Unavailable):
            turn()
        self.world.let_pass(self.dice.choice((SECOND, 3 * SECOND, 20 * SECOND, 2 * MINUTE)), 20 * SECOND)

    def ask(self) -> None:
        """The device asks for the native pass."""
        answer = self.world.ask_native()
        self.given = answer if answer.sealed is not None else self.given

    def make(self) -> None:
        """Whoever has the last secret that was given makes a passkey with it."""
        if self.given is not None:
            self.world.make_there(self.world.open_native(self.given))

    def misbehave(self) -> None:
        """The destination does as it likes, but for lies about what is gone: those are believed."""
        some = tuple(self.dice.sample(OPERATIONS, 2))
        self.world.page.behave(
            self.dice.choice(
                (
                    Conduct(fails_before=some),
                    Conduct(fails_after=some, times=3),
                    Conduct(drops=some),
                    Conduct(old_news_ms=self.dice.choice((SECOND, MINUTE))),
                    Conduct(says_used=True),
                    Conduct(refuses=("mint",)),
                )
            )
        )

    def behave(self) -> None:
        """It is itself again."""
        self.world.page.behave(Conduct())

    def withdraw(self) -> None:
        """The case is no longer wanted."""
        done(closure.withdraw_case(self.world.site, self.world.operators["rita"], self.world.case, claim.Nothing()))

    def not_me(self) -> None:
        """The joiner says that this was not them."""
        done(claim.not_me(self.world.site, self.world.by(), devices.Handle(self.world.handle)))

    def revoke(self) -> None:
        """Somebody kills the pass."""
        done(delivery.revoke_pass(self.world.site, self.world.operators["paul"], self.world.case, claim.Nothing()))

    def leave(self) -> None:
        """The joiner leaves, and comes back as another incarnation."""
        self.world.record_joiner(active=False)
        self.world.record_joiner()

    def plant(self) -> None:
        """Somebody writes past us."""
        stray = f"stray-{len(self.planted)}"
        self.planted.add(stray)
        self.world.stray(stray)

    def next_case(self) -> None:
        """Another case, as far as its window."""
        world = self.world
        world.device, world.authenticator = (
            JoinerDevice(now=world.clock.now),
            Authenticator(world.traits, world.attester),
        )
        world.open()
        world.proof()
        world.approve()
        world.claim()
        world.visit()
        world.redeem(world.get_pass())
        self.given = None

    def strays_told(self) -> set[str]:
        """Return the credentials that were told as strays, in any case."""
        store = self.world.store
        rows = store.read(lambda reader: reader.cases(CaseIndex.ACCOUNT, ACCOUNT, limit=PAGE_ROWS_MAX)).result()
        loaded = store.read(lambda reader: [reader.load(row.case) for row in rows]).result()
        facts = [decode_fact(record.body) for records in loaded for record in records]
        return {fact.credential for fact in facts if isinstance(fact, StrayCredentialFound)}


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_storm_nothing_opens_that_should_not(seed: int) -> None:
    """No native pass is left, the account's place is free, each key made there is in use here or told as a stray."""
    storm = Storm(seed)
    world = storm.world
    for _ in range(STEPS):
        storm.step()
    storm.behave()
    world.clock.instant += MINUTE
    world.sign_in_again()
    with suppress(Refused):
        storm.withdraw()
    world.let_pass(80 * MINUTE, MINUTE)
    world.let_pass(2 * HOUR, 30 * MINUTE)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert holder(world, SlotKind.NATIVE_PASS, ACCOUNT) is None
    opening = {seen.credential for seen in world.page.read_back(ACCOUNT) if world.page.opens(seen.credential)}
    for credential in opening - storm.strays_told() - storm.planted:
        stream = holder(world, SlotKind.CREDENTIAL, credential)
        assert stream is not None, f"{credential} opens, and nobody knows it"
        case = stream.removeprefix("case/")
        assert (
            in_casework(world, lambda casework, made=(case, credential): standing_of(world.site, casework.tx, *made))
            not in OVER
        )
