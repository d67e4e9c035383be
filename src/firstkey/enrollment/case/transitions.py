"""The transition table: every fact at every stage, allowed or refused, nothing implied.

A row is a fact, a column the stage that the case is at, a cell the stages it may be at afterwards, by letter; `-`
refuses. Replay holds every fact against it and stops where it does not fit, so that no code can say what the table does
not. docs/lifecycle.md is drawn from here.
"""

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.words import CredentialState, Stage

LETTERS = dict(zip(Stage, "UPACIDRGVHXN", strict=True))
"""One letter for each stage, in their order."""

_CASE_GRID = """
                       U     P     A     C     I     D     R     G     V     H         X  N
CaseOpened             PAC   -     -     -     -     -     -     -     -     -         -  -
CaseRefused            N     -     -     -     -     -     -     -     -     -         -  -
CaseRevised            -     P     A     AC    A     D     AR    AG    V     -         -  -
CaseHeld               -     H     H     H     H     H     H     H     H     -         -  -
HoldLifted             -     -     -     -     -     -     -     -     -     PACIRGV   -  -
ProofingRecorded       -     ACIR  A     C     I     D     R     G     V     -         -  -
ProofingWithdrawn      -     -     P     P     P     D     PR    PG    V     H         X  -
ApprovalGiven          -     -     ACIR  C     I     D     R     G     V     -         -  -
ApprovalDenied         -     P     A     C     I     D     R     G     V     H         -  -
ApprovalWithdrawn      -     P     A     AC    AI    D     AR    AG    V     H         X  -
DeviceClaimed          -     P     A     CIR   -     -     -     -     -     -         -  -
ClaimAnchored          -     P     A     I     I     D     R     G     V     -         -  -
ClaimReleased          -     P     A     C     C     -     C     C     -     -         -  -
RivalRefused           -     P     A     C     I     D     R     G     V     H         -  -
PassIssued             -     -     -     -     D     -     -     -     -     -         -  -
PassArmed              -     -     -     -     -     R     -     -     -     -         -  -
PassRedeemed           -     -     -     -     -     -     G     -     -     -         -  -
TryFailed              -     -     -     -     -     -     R     -     -     -         -  -
PassRevoked            -     -     -     -     -     PAI   PAI   PAIG  -     H         -  -
PassExpired            -     -     -     -     -     I     I     IG    -     -         -  -
AttendanceConfirmed    -     -     -     -     -     -     G     G     -     -         -  -
OwnKeyAsserted         -     -     -     -     -     -     G     G     -     -         -  -
CeremonyStarted        -     -     -     -     -     -     -     G     -     -         -  -
CeremonyRefused        -     -     -     -     -     -     -     G     -     -         -  -
CredentialRegistered   -     -     -     -     -     -     -     V     -     -         -  -
NativePassMinted       -     -     -     -     -     -     -     G     -     -         -  -
NativePassUsed         -     -     -     -     -     -     -     G     V     H         X  -
NativePassReaped       -     -     -     -     -     -     -     PAIRG V     H         X  -
StrayCredentialFound   -     -     -     -     -     -     -     G     V     H         X  -
CredentialActivated    -     -     -     -     -     -     -     -     V     -         -  -
CredentialHeld         -     -     -     -     -     -     -     -     -     -         -  -
CredentialSuspended    -     -     -     -     -     -     -     -     V     H         -  -
CredentialRestored     -     -     -     -     -     -     -     -     V     -         -  -
CredentialRecalled     -     -     -     -     -     -     -     -     V     H         -  -
CredentialEnded        -     -     -     -     -     -     -     -     -     -         -  -
CaseClosed             -     X     X     X     X     -     X     X     X     X         -  -
ReviewRecorded         -     -     -     -     -     -     -     -     -     -         X  -
"""

_HOLDINGS_GRID = """
                       pending  active     suspended  recalled  ended
CredentialHeld         active   -          -          -         -
CredentialSuspended    -        suspended  -          -         -
CredentialRestored     -        -          active     -         -
CredentialRecalled     -        recalled   recalled   -         -
CredentialEnded        -        ended      ended      -         -
"""


def _rows(grid: str) -> tuple[list[str], dict[type[Fact], list[str]]]:
    header, *lines = (line.split() for line in grid.strip().splitlines())
    return header, {getattr(facts, name): cells for name, *cells in lines}


def _case_table() -> dict[type[Fact], dict[Stage, frozenset[Stage]]]:
    of_letter = {letter: stage for stage, letter in LETTERS.items()}
    columns, rows = _rows(_CASE_GRID)
    return {
        fact: {
            of_letter[column]: frozenset() if cell == "-" else frozenset(of_letter[letter] for letter in cell)
            for column, cell in zip(columns, cells, strict=True)
        }
        for fact, cells in rows.items()
    }


def _holdings_table() -> dict[type[Fact], dict[CredentialState, CredentialState | None]]:
    columns, rows = _rows(_HOLDINGS_GRID)
    return {
        fact: {
            CredentialState(column): None if cell == "-" else CredentialState(cell)
            for column, cell in zip(columns, cells, strict=True)
        }
        for fact, cells in rows.items()
    }


TRANSITIONS = _case_table()
"""Fact -> stage before -> stages after; an empty set refuses."""

HOLDINGS_TRANSITIONS = _holdings_table()
"""Fact in the account's stream -> credential's state before (`pending`: not held yet) -> after; None refuses."""
