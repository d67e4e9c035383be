"""ISS-03: codes can be guessed, or found from what the database keeps of them."""

import json
from typing import Any

from firstkey.actions.codes import CodeDesk
from firstkey.ports.verifiers import VerifierReader
from firstkey.values import codes
from firstkey.values.encoding import unb64u
from firstkey.values.secret import Secret
from tests.attacks.siege import Siege


def kept_of(siege: Siege, pass_id: str) -> bytes:
    """Return a pass's verifier as the database has it."""
    (body,) = next(iter(siege.rows("SELECT body FROM verifiers WHERE pass_id = ?", pass_id)))
    return bytes(body)


def digest(verifier: bytes) -> str:
    """Return what a verifier is compared by."""
    return str(json.loads(verifier)["digest"])


def made(siege: Siege, pepper: bytes, pass_id: str, code: str, **instead: Any) -> str:
    """Return the digest that somebody makes who has the database and a pepper; `of` and `epoch` instead of its own."""
    kept = json.loads(kept_of(siege, pass_id))
    reader: VerifierReader = object()  # type: ignore[assignment]  # nothing is read in making one
    desk = CodeDesk(Secret(pepper), reader)
    epoch, salt = instead.get("epoch", kept["epoch"]), unb64u(kept["salt"])
    return digest(desk.make_verifier(epoch, instead.get("of", pass_id), codes.read(code), salt))


def test_without_the_pepper_the_right_code_proves_nothing(siege: Siege) -> None:
    """With a whole dump and the code itself nobody can tell that it is the one; with the pepper it shows."""
    live, code = siege.armed()
    pass_id, kept = siege.shown(live)["pass_id"], kept_of(siege, siege.shown(live)["pass_id"])
    pepper, right = (siege.site / "pepper").read_bytes(), digest(kept)
    assert made(siege, pepper, pass_id, code) == right
    assert made(siege, bytes(32), pass_id, code) != right
    assert made(siege, pepper, pass_id, code, epoch=json.loads(kept)["epoch"] + 1) != right
    assert made(siege, pepper, pass_id, code, of="another") != right
    assert pepper not in (siege.site / "firstkey.sqlite").read_bytes()


def test_a_typed_code_is_slow_to_try_even_with_the_pepper(siege: Siege) -> None:
    """Its verifier is Argon2id over a salt of its own; the code has 65 bits and a check symbol."""
    live, shown = siege.at_the_counter()
    code, pass_id = shown.json["code"], siege.shown(live)["pass_id"]
    kept = json.loads(kept_of(siege, pass_id))
    assert len(unb64u(kept["salt"])) == 16
    assert len(code.replace("-", "")) == codes.TYPED_SYMBOLS + 1
    assert made(siege, (siege.site / "pepper").read_bytes(), pass_id, code) == kept["digest"]


def test_no_two_codes_are_alike(siege: Siege) -> None:
    """Codes of successive passes share neither themselves nor their beginnings: 130 bits drawn for each."""
    seen = [siege.armed()[1] for _ in range(4)]
    assert all(len(code) == codes.SEALED_SYMBOLS for code in seen)
    assert len({code[:6] for code in seen}) == len({code[-6:] for code in seen}) == len(seen)
