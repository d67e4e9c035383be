"""An account's credentials after their case: decided and replayed in the account's stream, by a table of its own."""

from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.activation.commands import (
    EndCredential,
    HoldCredential,
    HoldingsCommand,
    RecallCredential,
    RestoreCredential,
    SuspendCredential,
    SweepHoldings,
)
from firstkey.enrollment.case.ending import is_here, is_over
from firstkey.enrollment.case.facts import (
    CredentialEnded,
    CredentialHeld,
    CredentialRecalled,
    CredentialRestored,
    CredentialSuspended,
    Fact,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import require
from firstkey.enrollment.case.separation import ADMINISTRATOR, check_act_on, check_eligible, check_two_people
from firstkey.enrollment.case.state import Held, Holdings, known
from firstkey.enrollment.case.surroundings import SignedAct, Surroundings
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS
from firstkey.enrollment.case.words import Cause, CredentialState
from firstkey.values.errors import Defect, Refused

OVER = frozenset({CredentialState.RECALLED, CredentialState.ENDED})


def replay_holding(holdings: Holdings, fact: Any) -> Holdings:
    """Fold one fact of the account's stream.

    What is over for good leaves the state; its slot keeps it from coming back.

    Raises:
        Defect: the table refuses.
    """
    held = holdings.find(fact.credential)
    before = CredentialState.PENDING if held is None else held.state
    after = HOLDINGS_TRANSITIONS.get(type(fact), {}).get(before)
    if after is None:
        raise Defect(f"{fact.kind} on a credential that is {before}")
    others = tuple(other for other in holdings.held if other.credential != fact.credential)
    if after in OVER:
        return Holdings(held=others)
    if isinstance(fact, CredentialHeld):
        held = Held(
            credential=fact.credential,
            case=fact.case,
            purpose=fact.purpose,
            tier=fact.tier,
            state=after,
            ends_at=fact.ends_at,
            relayable=fact.relayable,
            requirements=fact.requirements,
        )
        return Holdings(held=(*others, held))
    return Holdings(held=(*others, replace(known(held), state=after, cause=getattr(fact, "cause", None))))


def _check_two_administrators(acts: tuple[SignedAct, ...], credential: str, around: Surroundings, now: int) -> None:
    require(around.account.person not in check_two_people(acts), R.JoinerHoldsNoDuty)
    for act in acts:
        subject = (around.account.account, 0)
        check_act_on(around, now, act, word="restore_credential", subject=subject, names=(credential,))
        check_eligible(around, act, ADMINISTRATOR)


def _swept(holdings: Holdings, around: Surroundings, now: int) -> tuple[Fact, ...]:
    account = around.account

    def cause(held: Held) -> Cause | None:
        if is_over(held.ends_at, now):
            return Cause.END_DATE
        return None if is_here(account, now) else Cause.LEFT

    found = ((held.credential, cause(held)) for held in holdings.held)
    return tuple(CredentialEnded(at=now, credential=name, cause=why) for name, why in found if why is not None)


GONE_ALREADY = frozenset({Cause.LOST, Cause.STOLEN, Cause.WITHDRAWN_FOR_CAUSE})
"""Causes for which a case asks; what is out of use already needs no second taking."""


def _asked(holdings: Holdings, around: Surroundings, command: HoldingsCommand, now: int) -> tuple[Fact, ...]:
    if isinstance(command, HoldCredential):
        return (command.held,)
    if isinstance(command, SweepHoldings):
        return _swept(holdings, around, now)
    if isinstance(command, RestoreCredential):
        _check_two_administrators(command.acts, command.credential, around, now)
        people = tuple(act.person for act in command.acts)
        statements = tuple(act.statement for act in command.acts)
        return (CredentialRestored(at=now, credential=command.credential, people=people, statements=statements),)
    kinds: dict[type[HoldingsCommand], Any] = {
        SuspendCredential: CredentialSuspended,
        RecallCredential: CredentialRecalled,
        EndCredential: CredentialEnded,
    }
    if type(command) not in kinds:
        raise Defect(f"no rule for {type(command).__name__}")
    asked: Any = command
    held = holdings.find(asked.credential)
    out_of_use = held is None or (held.state is not CredentialState.ACTIVE and isinstance(command, SuspendCredential))
    if asked.cause in GONE_ALREADY and out_of_use:
        return ()
    return (kinds[type(command)](at=now, credential=asked.credential, cause=asked.cause),)


def decide_holdings(holdings: Holdings, around: Surroundings, command: HoldingsCommand, now: int) -> tuple[Fact, ...]:
    """Decide a command on an account's credentials.

    Returns:
        Facts for the account's stream; none when the sweep finds nothing.

    Raises:
        Refused: CredentialNotHeld, CredentialStateDiffers, or what the signed acts lack.
    """
    facts = _asked(holdings, around, command, now)
    for fact in facts:
        subject: Any = fact
        known = holdings.find(subject.credential)
        require(known is not None or isinstance(fact, CredentialHeld), R.CredentialNotHeld)
        try:
            holdings = replay_holding(holdings, fact)
        except Defect as error:
            raise Refused(R.CredentialStateDiffers) from error
    return facts
