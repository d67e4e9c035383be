"""How a credential stands in our facts, and what destinations have been read back to show of it."""

import msgspec

from firstkey.actions.casework import Casework
from firstkey.actions.effects import Effect
from firstkey.actions.site import Site
from firstkey.actions.site_stream import new_fact
from firstkey.actions.streams import read_case, read_holdings
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import Reader
from firstkey.values import canonical

OVER = frozenset({CredentialState.RECALLED, CredentialState.ENDED})
"""Out of use for good."""


class EffectConfirmed(Fact, frozen=True):
    """A destination was read back and shows what was wanted: suspend, restore or recall, of a credential of a case."""

    effect: Effect
    destination: str
    case: str
    credential: str


class StrayNativePassFound(Fact, frozen=True):
    """A native pass stood at a destination that no case was granted; it was asked to be removed. An alarm."""

    destination: str
    native_pass: str


class CredentialMissing(Fact, frozen=True):
    """A credential that is active in our facts was not there when its destination was read. An alarm."""

    destination: str
    case: str
    credential: str


def destination_stream(account: str) -> str:
    """Return the name of the stream of what destinations confirmed of an account."""
    return f"destination/{account}"


def append_confirmed(
    casework: Casework, account: str, fact: EffectConfirmed | StrayNativePassFound | CredentialMissing
) -> None:
    """Write down what a destination was read back to show of an account."""
    stream = destination_stream(account)
    casework.tx.append(stream, casework.tx.head(stream), [new_fact(fact, Activity.SYSTEM)])


def is_confirmed(reader: Reader, account: str, credential: str, effect: Effect) -> bool:
    """Whether an effect on a credential was read back."""
    records = (record for record in reader.load(destination_stream(account)) if record.kind == EffectConfirmed.__name__)
    facts = (msgspec.convert(canonical.decode(record.body), EffectConfirmed) for record in records)
    return any((fact.credential, fact.effect) == (credential, effect) for fact in facts)


def standing_of(site: Site, reader: Reader, case: str, credential: str) -> CredentialState:
    """Return how a credential stands: by its account once its case has completed, by its case before."""
    state = read_case(site, reader, case).state
    if not isinstance(state, Case):
        return CredentialState.RECALLED
    if state.closed is Closure.COMPLETED:
        held = read_holdings(site, reader, state.account).state.find(credential)
        return CredentialState.RECALLED if held is None else held.state
    made = state.credential
    return CredentialState.RECALLED if made is None or state.closed is not None else made.state
