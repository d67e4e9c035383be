"""What is wanted at destinations: noted in the transaction that wants it, carried out afterwards by `actions.outbox`.

Which effects there are follows from the facts alone: a fact about a credential that stands at a destination is pushed
there, a native pass that a case was granted is minted there. `local`, the account store of the site itself, is what the
accounts hold: it is in the transaction, and needs no effect (docs/decisions/0008).
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import Case
from firstkey.ports.queues import OutboxItem
from firstkey.values import canonical

LOCAL = "local"
"""The destination that is the site's own account store."""


class Effect(StrEnum):
    """What can be wanted. PORTION is the next portion of a recall, which needs no destination."""

    MINT = "mint"
    PORTION = "portion"
    RECALL = "recall"
    RESTORE = "restore"
    SUSPEND = "suspend"
    WATCH = "watch"


OUTRANKING = frozenset({Effect.PORTION, Effect.RECALL, Effect.SUSPEND})
"""Effects that lower trust go before everything that was wanted for the account earlier."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An effect as the outbox keeps it.

    Attributes:
        destination: its name.
        case: the case that made the credential, or was granted the native pass.
        account: whose it is.
        subject: the credential's id, base64url; of MINT and WATCH our id of the native pass.
    """

    destination: str
    case: str
    account: str
    subject: str


def item_of(effect: Effect, wanted: Wanted, due_at: int = 0) -> OutboxItem:
    """Return an effect for the outbox. Looking at a native pass has a lane of its own: it takes its time."""
    lane = f"{wanted.account} {wanted.subject}" if effect is Effect.WATCH else wanted.account
    body = canonical.encode(msgspec.to_builtins(wanted))
    return OutboxItem(lane=lane, kind=effect.value, body=body, outranks=effect in OUTRANKING, due_at=due_at)


def wanted_of(item: OutboxItem) -> tuple[Effect, Wanted]:
    """Read an effect back."""
    return Effect(item.kind), msgspec.convert(canonical.decode(item.body), Wanted)


def made_at(case: Case) -> str | None:
    """Return the destination that made a case's credential; None for a key that was made here."""
    return None if case.native is None else case.native.destination


Pushed = facts.CredentialSuspended | facts.CredentialRestored | facts.CredentialRecalled | facts.CredentialEnded
PUSHED: dict[type[Pushed], Effect] = {
    facts.CredentialSuspended: Effect.SUSPEND,
    facts.CredentialRestored: Effect.RESTORE,
    facts.CredentialRecalled: Effect.RECALL,
    facts.CredentialEnded: Effect.RECALL,
}
"""Facts about a credential, in its case's stream or its account's, and what they want where it stands."""


FOR_GOOD = frozenset(kind for kind, effect in PUSHED.items() if effect is Effect.RECALL)
"""Facts after which a credential is out of use for good."""


def effects_of(case: Case, happened: Sequence[Fact]) -> Iterator[OutboxItem]:
    """Yield what facts want outside.

    Args:
        case: the case whose facts they are, or whose credential they are about, after them.
        happened: the facts, in order.
    """
    destination = made_at(case)
    if destination is None:
        return
    for fact in happened:
        if isinstance(fact, facts.NativePassMinted):
            yield item_of(Effect.MINT, Wanted(destination, case.case, case.account, fact.native))
        elif isinstance(fact, Pushed):
            yield item_of(PUSHED[type(fact)], Wanted(destination, case.case, case.account, fact.credential))
