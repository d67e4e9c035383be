"""DLV-02: the pass goes to a mailbox that is not the joiner's alone: forwarded, shared, or recycled."""

import re

import pytest

from firstkey.web.routes import ROUTES
from tests.attacks.policies import said_of
from tests.attacks.siege import Siege


@pytest.mark.parametrize("channel", ["email", "e-mail", "mail"])
def test_a_policy_that_mails_codes_is_no_policy(channel: str) -> None:
    """A path that names mail as its channel is refused, with the reason and what to write instead."""
    refusal = said_of(channel=f'"{channel}"')
    assert "channel" in refusal
    assert re.search(r"line \d+: channel .*: [A-Z][^.]{20,}\.", refusal)


def test_whoever_reads_all_that_is_sent_holds_nothing(siege: Siege) -> None:
    """With everything an operator could pass on in a message (case, handle, path) nobody redeems."""
    live, code = siege.armed()
    reader = siege.joiner(siege.hire())
    message = siege.cast.requester.client.request("GET", live.url).body.decode() + live.handle
    assert code not in message
    answer = reader.post("/redeem", live.handle, code="0" * 26)
    assert (answer.status, answer.problem) == (409, "another-device-claimed")
    assert "PassRedeemed" not in siege.facts(live)
    assert not any("mail" in row.operation or "address" in row.operation for row in ROUTES)
