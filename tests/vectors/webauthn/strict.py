"""Makes `strict.json`: answers that pass the strictest policy, which none of the standard's own vectors does.

User verification, a device-bound key, a certificate path to the model's root, an enterprise serial; an assertion, a
signed act, a device proof, the binding of two keys and a sealed code. Keys and signatures are the same in every run, so
the file pins every byte form. `python -m tests.vectors.webauthn.strict` writes it anew.
"""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from firstkey.ceremonies.device_proof import make_nonce
from firstkey.ceremonies.jws import DeviceKey
from firstkey.ceremonies.sealing import seal
from firstkey.ceremonies.statements import statement_challenge, write_statement
from firstkey.values.encoding import b64u
from firstkey.values.secret import Secret
from tests.core.ceremonies import test_device_proof as proofs
from tests.core.ceremonies import test_sealing as sealing
from tests.core.ceremonies.device_key import SEALING, jwk
from tests.core.ceremonies.software_key import (
    CHALLENGE,
    LEAF,
    NOW,
    ORIGIN,
    ROOT,
    RP_ID,
    SERIAL,
    SERIAL_OID,
    Authentication,
    Registration,
)
from tests.core.ceremonies.test_authentication import stored
from tests.core.ceremonies.test_statements import ACT

FILE = Path(__file__).with_name("strict.json")


def make() -> dict[str, Any]:
    """Return what stands in the file."""
    enterprise = replace(LEAF, extensions=(*LEAF.extensions, (SERIAL_OID, b"\x04\x04" + SERIAL, False)))
    statement = write_statement(ACT)
    act = Authentication(client={"challenge": b64u(statement_challenge(statement))})
    sealed = seal(sealing.CODE, DeviceKey(**jwk(SEALING)), Secret(b"e" * 48), **sealing.CONTEXT)  # type: ignore[arg-type] # literal members
    return {
        "at": NOW,
        "rp_id": RP_ID,
        "origin": ORIGIN,
        "challenge": b64u(CHALLENGE),
        "root": b64u(ROOT.der),
        "registration": Registration(chain=(enterprise.der,)).json(),
        "authentication": Authentication().json(),
        "user_handle": stored().user_handle,
        "statement": statement.decode(),
        "statement_digest": sha256(statement).hexdigest(),
        "act": act.json(),
        "nonce_key": b64u(proofs.KEY.reveal()),
        "nonce": make_nonce(proofs.KEY, NOW),
        "request": {"method": "POST", "url": proofs.URL, "body": proofs.BODY.decode()},
        "proof": proofs.PROOF.compact(),
        "binding": proofs.BINDING.compact(),
        "sealing_private_scalar": 13,
        "sealed": sealed.json,
        "code": sealing.CODE.reveal().decode(),
        "context": sealing.CONTEXT,
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), indent=1, sort_keys=True) + "\n")
