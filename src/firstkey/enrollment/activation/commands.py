"""What may be asked of the activation stage: of a case, and of an account's credentials afterwards."""

import msgspec

from firstkey.enrollment.case.facts import CredentialHeld
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import SignedAct
from firstkey.enrollment.case.words import Cause


class ActivateCredential(Command, frozen=True):
    """Make the pending credential active; the system asks, as soon as the conditions hold."""


class HoldingsCommand(msgspec.Struct, frozen=True):
    """Something asked of an account's credentials."""


class HoldCredential(HoldingsCommand, frozen=True):
    """An activated case hands its credential over."""

    held: CredentialHeld


class SuspendCredential(HoldingsCommand, frozen=True):
    """Take a credential out of use for now. Needs no proof: the joiner's notice, an operator, a case may ask."""

    credential: str
    cause: Cause


class RestoreCredential(HoldingsCommand, frozen=True):
    """Give it back: two administrators sign."""

    credential: str
    acts: tuple[SignedAct, ...]


class RecallCredential(HoldingsCommand, frozen=True):
    """Take it out of use for good, because of what it rests on."""

    credential: str
    cause: Cause


class EndCredential(HoldingsCommand, frozen=True):
    """Take it out of use for good, because its time is over or the loan key is back."""

    credential: str
    cause: Cause


class SweepHoldings(HoldingsCommand, frozen=True):
    """Write down what time, and the account's standing, have made true."""
