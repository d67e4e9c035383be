"""A site whose path hands the joiner over to a destination, `tenant`, and the steps there."""

from typing import Any

import msgspec

from firstkey.actions import credentials, devices, handover
from firstkey.actions.confirmations import EffectConfirmed, destination_stream
from firstkey.actions.handover import NativePassAnswer
from firstkey.actions.outbox import Outbox
from firstkey.destinations.handover_simulator import Conduct, HandoverPage, HandoverSimulator
from firstkey.enrollment.case.facts import decode_fact
from firstkey.ports.destination import SeenCredential
from firstkey.simulator.device import JoinerDevice
from firstkey.values.encoding import sha256_hex
from firstkey.values.instants import SECOND
from tests.actions.looking import policy_with
from tests.actions.site_world import SiteWorld, done

TENANT = "tenant"
PATH = "managed_device_new"
POLICY = policy_with(PATH, destinations=f'["{TENANT}"]')
ACCOUNT = "dir:100"


class HandoverWorld(SiteWorld):
    """The world with a destination of its own page, whose joiner's browser is `page`."""

    def __init__(self, policy: bytes | None = POLICY) -> None:
        super().__init__(policy)
        self.tenant = HandoverSimulator(TENANT, None, self.clock.now)
        self.site = msgspec.structs.replace(self.site, destinations={TENANT: self.tenant})
        self.page = HandoverPage(self.tenant, self.site.anchors)

    def behave(self, **conduct: Any) -> None:
        """The destination behaves so from now on."""
        self.page.behave(Conduct(**conduct))

    def work_outbox(self) -> None:
        """Carry out what is due, as a server does that has just been started."""

        async def carry_out() -> None:
            runner = Outbox(self.site)
            try:
                await runner.finish_due()
            finally:
                await runner.close()

        done(carry_out())

    def let_pass(self, milliseconds: int, step: int = SECOND) -> None:
        """Time goes by, and the outbox is worked and the sweeper sweeps meanwhile."""
        until = self.clock.instant + milliseconds
        while self.clock.instant < until:
            self.clock.instant = min(until, self.clock.instant + step)
            self.work_outbox()
            self.sweep()

    def redeemed(self) -> None:
        """Up to the window in which the joiner is handed over."""
        self.redeem(self.armed())

    def ask_native(self, device: JoinerDevice | None = None) -> NativePassAnswer:
        """The device asks for the native pass."""
        return done(handover.get_native_pass(self.site, self.by(device), devices.Handle(self.handle)))

    def minted(self) -> NativePassAnswer:
        """Up to a native pass that the device can open."""
        self.redeemed()
        self.ask_native()
        self.work_outbox()
        return self.ask_native()

    def open_native(self, answer: NativePassAnswer, device: JoinerDevice | None = None) -> str:
        """The device opens the secret that was sealed to it."""
        assert answer.sealed is not None
        assert answer.native is not None
        assert answer.state.claim is not None
        bound = {"case": sha256_hex(self.handle.encode()), "claim": answer.state.claim, "pass_id": answer.native}
        return (device or self.device).open_code(answer.sealed.json, **bound).reveal().decode()

    def make_there(self, secret: str) -> str:
        """The joiner makes the passkey on the destination's page; return its id."""
        options = self.page.begin(secret)
        return self.page.finish(secret, self.authenticator.register(options, self.page.origin))

    def completed_there(self) -> str:
        """Up to a passkey that works at the destination; return its id."""
        credential = self.make_there(self.open_native(self.minted()))
        self.let_pass(3 * SECOND)
        return credential

    def stray(self, credential: str = "stray") -> SeenCredential:
        """Somebody writes a credential past us."""
        seen = SeenCredential(credential=credential, created_at=self.clock.now(), active=True)
        self.page.plant(ACCOUNT, seen)
        return seen

    def confirmed(self) -> list[tuple[str, str]]:
        """What the destination confirmed of the account, by effect and credential."""
        stream = destination_stream(ACCOUNT)
        records = self.store.read(lambda reader: reader.load(stream)).result()
        kind = EffectConfirmed.__name__
        found = [msgspec.json.decode(each.body, type=EffectConfirmed) for each in records if each.kind == kind]
        return [(fact.effect.value, fact.credential) for fact in found]

    def last(self, kind: type[Any], stream: str = "") -> Any:
        """Return the last fact of a kind in a stream; of the world's case if no other is named."""
        records = self.store.read(lambda reader: reader.load(stream or f"case/{self.case}")).result()
        return next(decode_fact(record.body) for record in reversed(records) if record.kind == kind.__name__)

    def waiting(self) -> list[str]:
        """What is in the outbox, whenever it is due."""
        far = self.clock.instant + 10**12
        return [queued.item.kind for queued in self.store.read(lambda reader: reader.outbox_due(far, 99)).result()]


def suspend(world: SiteWorld, credential: str, account: str = ACCOUNT) -> credentials.CredentialShown:
    """Anna answers for the site's security, and takes a credential out of use."""
    signed = world.sign("anna", "suspend_credential", names=(account, credential))
    asked = credentials.CredentialToSuspend(account, credential, signed)
    return done(credentials.suspend_credential(world.site, world.operators["anna"], asked))


def restore(
    world: SiteWorld, credential: str, account: str = ACCOUNT, by: tuple[str, ...] = ("paul", "cora")
) -> credentials.CredentialShown:
    """Two administrators give it back."""
    signed = tuple(world.sign(name, "restore_credential", case=account, revision=0, names=(credential,)) for name in by)
    asked = credentials.CredentialToRestore(account, credential, signed)
    return done(credentials.restore_credential(world.site, world.operators[by[0]], asked))
