"""Client data: its digest is of the bytes as they came, and its checks are in the standard's order."""

import json
from hashlib import sha256
from typing import Any

import pytest

from firstkey.ceremonies.client_data import CREATE, ExpectedCeremony, challenge_text, judge_client_data
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.encoding import b64u
from firstkey.values.errors import Defect, Refused
from tests.core.ceremonies.software_key import CHALLENGE, ORIGIN, RP_ID

EXPECTED = ExpectedCeremony(ceremony_id="c", expected_challenge=CHALLENGE, expected_rp_id=RP_ID, expected_origin=ORIGIN)
SOUND = {"type": CREATE, "challenge": b64u(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}


def judge(client_data: dict[str, Any]) -> bytes:
    """Judge client data, spaced as no browser spaces it."""
    return judge_client_data(json.dumps(client_data, indent=3).encode(), CREATE, EXPECTED)


def test_the_digest_is_of_the_bytes() -> None:
    """What is hashed is what came, never a re-encoding."""
    assert judge(SOUND) == sha256(json.dumps(SOUND, indent=3).encode()).digest()


def test_the_first_broken_rule_is_the_one_named() -> None:
    """With several things wrong, the refusal is the earliest step's; each cured in turn shows the next."""
    broken = SOUND | {"type": "x", "challenge": "x", "origin": "x", "crossOrigin": True}
    reasons = [Reason.CeremonyTypeWrong, Reason.ChallengeWrong, Reason.OriginWrong, Reason.CrossOriginRefused]
    for name, reason in zip(SOUND, reasons, strict=True):
        with pytest.raises(Refused) as refused:
            judge(broken)
        assert refused.value.reason is reason
        broken[name] = SOUND[name]
    judge(broken)


def test_a_challenge_of_ours_has_32_bytes() -> None:
    """Options never carry a shorter one."""
    assert challenge_text(CHALLENGE) == b64u(CHALLENGE)
    with pytest.raises(Defect):
        challenge_text(CHALLENGE[1:])
