"""DLV-03: a telephone number is swapped, recycled or listened to, and the code with it."""

import re

import pytest

from tests.attacks.policies import said_of

NUMBERS = ("sms", "text", "voice", "phone", "telephone", "call", "chat", "slack", "teams", "whatsapp")


@pytest.mark.parametrize("channel", NUMBERS)
def test_a_policy_that_tells_codes_by_number_is_no_policy(channel: str) -> None:
    """A path that names a number's or an account's channel is refused, with the reason."""
    refusal = said_of(channel=f'"{channel}"')
    assert "channel" in refusal
    assert re.search(r"line \d+: channel .*: [A-Z][^.]{20,}\.", refusal)


def test_anything_unheard_of_is_refused_too() -> None:
    """A channel that nobody thought of is none."""
    assert "channel" in said_of(channel='"carrier_pigeon"')
