"""CER-11: a weaker method is slipped in midway."""

import pytest

from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.simulator.alter import BACKUP_ELIGIBLE, USER_NOT_VERIFIED, Alter
from firstkey.web.openapi import openapi
from firstkey.web.routes import ROUTES
from tests.attacks.siege import Siege, told

WEAKER = ("totp", "otp", "sms", "password", "secret_question", "recovery_code", "fallback", "skip")


def refused(siege: Siege, live: Live, altered: Alter) -> None:
    """An authenticator's answer is refused, and the case asks for what it asked for before."""
    before = siege.told(f"case/{live.case}")[0]["requirements"]["key"]
    response = live.joiner.make_passkey(live.handle, altered)
    answer = live.joiner.post("/register", live.handle, response=response)
    assert answer.status == 409
    assert answer.problem in ("key-term-unmet", "ceremony-refused")
    assert siege.told(f"case/{live.case}")[0]["requirements"]["key"] == before
    assert "CredentialRegistered" not in siege.facts(live)


@pytest.mark.parametrize(
    "altered",
    [BACKUP_ELIGIBLE, USER_NOT_VERIFIED, Alter(attestation="none"), Alter(attestation="self")],
    ids=["synced", "without user verification", "no attestation", "self attestation"],
)
def test_an_unsuitable_key_is_refused_and_nothing_weaker_offered(siege: Siege, altered: Alter) -> None:
    """A key that may be copied, is used without its user, or that nobody vouches for, is none on this path."""
    refused(siege, siege.redeemed(), altered)


def test_an_imitation_is_refused(siege: Siege) -> None:
    """An authenticator that calls itself a model and is attested by somebody else is not taken for it."""
    live = siege.redeemed()
    person = siege.recorded(live.joiner.person)
    imitation = Joiner(siege.address, person.person, "Joy", siege.maker.imitation())
    imitation.device = live.joiner.device
    imitation.client.prover = live.joiner.device.prove
    refused(siege, live._replace(joiner=imitation), Alter())


def test_nothing_else_can_be_registered(siege: Siege) -> None:
    """No route, field or word of the interface knows another method than a passkey."""
    described = str(openapi(siege.address.origin)).lower()
    assert not [word for word in WEAKER if f"'{word}'" in described]
    assert [row.operation for row in ROUTES if "register" in row.operation and row.path.startswith("/api/claim")] == [
        "register_credential"
    ]
    live = siege.redeemed()
    with siege.nothing_changes():
        for word in WEAKER:
            assert told(live.joiner.post("/register", live.handle, method=word, response={})) == (400, "body-malformed")
            assert told(live.joiner.post(f"/{word}", live.handle)) == (404, "not-found")
