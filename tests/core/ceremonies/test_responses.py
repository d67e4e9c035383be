"""What the browser sends: the parts asked for, what it says of itself, and nothing it derived."""

from typing import Any

import pytest

from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.ceremonies.responses import REGISTRATION_PARTS, Response, read_response
from firstkey.values.encoding import b64u
from firstkey.values.errors import Malformed
from tests.core.ceremonies.software_key import CREDENTIAL_ID, Registration

MADE = Registration().json()


def read(inner: dict[str, Any] | None = None, **outer: Any) -> Response:
    """Read the sound response with members replaced."""
    return read_response(MADE | {"response": MADE["response"] | (inner or {})} | outer, REGISTRATION_PARTS)


def test_the_parts_come_out() -> None:
    """Id, parts, transports and attachment are read as they came."""
    answer = read()
    assert (answer.credential_id, answer.user_handle) == (b64u(CREDENTIAL_ID), None)
    assert {name: b64u(part) for name, part in answer.parts.items()} == {
        name: MADE["response"][name] for name in REGISTRATION_PARTS
    }
    assert (answer.transports, answer.attachment) == (("nfc", "usb"), "cross-platform")


@pytest.mark.parametrize("transports", ["usb", ["USB"], ["usb "], [""], [7], ["x" * 33], {"usb": 1}, None])
def test_transports_that_are_no_words_are_malformed(transports: Any) -> None:
    """Transports are recorded, so they are a list of short lower-case words."""
    with pytest.raises(Malformed) as refused:
        read({"transports": transports})
    assert refused.value.reason is CeremonyReason.ResponseMalformed


def test_transports_are_sorted_once_each_and_few() -> None:
    """Unknown words are kept, doubles are not, and sixteen are enough."""
    assert read({"transports": ["usb", "ble", "usb", "smart-card"]}).transports == ("ble", "smart-card", "usb")
    assert len(read({"transports": [f"t{number}" for number in range(99)]}).transports) == 16


@pytest.mark.parametrize(("said", "kept"), [("platform", "platform"), ("implant", None), (None, None), ([], None)])
def test_an_unknown_attachment_is_none(said: Any, kept: str | None) -> None:
    """An attachment that the standard does not name is not recorded."""
    assert read(authenticatorAttachment=said).attachment == kept


def test_what_the_browser_derived_is_not_looked_at() -> None:
    """Convenience members may say anything."""
    assert read({"publicKey": "lies", "publicKeyAlgorithm": "lies", "authenticatorData": "lies"}) == read()
