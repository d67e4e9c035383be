"""The table of problems is what the source says, and the reading of the source finds what is there."""

from firstkey.actions import devices, redemption, sign_in
from firstkey.actions.reasons import ActionReason
from firstkey.enrollment.case.refusals import R
from firstkey.values.codes import CodeReason
from tests.architecture.problem_table import TABLE, table
from tests.architecture.raised import No, raised


def test_the_table_is_current() -> None:
    """src/firstkey/web/answers.json is what the source says now; `make docs` writes it anew."""
    assert TABLE.read_text() == table()


def test_a_commands_rule_is_followed() -> None:
    """What the rule of redemption refuses, the action can answer; what only other rules refuse, it cannot."""
    found = {no.reason for no in raised(redemption.redeem_pass)}
    assert {R.CodeWrong, R.WindowOver, R.AnotherDeviceClaimed, ActionReason.NotFound} <= found
    assert not {R.DigestDiffers, R.NumberDiffers, ActionReason.FoundingCodeWrong} & found


def test_what_is_caught_is_not_answered() -> None:
    """What a rival would find is told as something else, and what is raised again for the same reason is answered."""
    found = {no.reason.name for no in raised(devices.show_claim)}
    assert not {"RivalIsTheClaimant", "CodeIsForAnotherPass"} & found
    assert "SlotTaken" in found


def test_what_cannot_be_read_is_told_from_what_is_refused() -> None:
    """A malformed code is malformed, an unknown statement is refused."""
    assert No(CodeReason.CodeMalformed, malformed=True) in set(raised(redemption.redeem_pass))
    assert No(ActionReason.StatementUnknown, malformed=False) in set(raised(sign_in.sign_in))
