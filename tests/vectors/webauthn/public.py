"""The public test data of other projects, read where it lies beside the repository; never copied into it."""

import json
from base64 import b64decode, urlsafe_b64decode
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
WEBAUTHN = SHARED / "webauthn"

needs_data = pytest.mark.skipif(not WEBAUTHN.is_dir(), reason=f"the public test data is not at {SHARED}")


def cases(folder: str) -> dict[str, dict[str, Any]]:
    """Return a folder's cases by name; none where the data is not there."""
    paths = sorted((WEBAUTHN / folder).glob("*.json"))
    return {case["name"]: case for case in (json.loads(path.read_text()) for path in paths)}


@cache
def assertions() -> list[dict[str, Any]]:
    """Return the authentication half of the W3C vectors."""
    path = WEBAUTHN / "assertions" / "w3c_assertions.json"
    return list(json.loads(path.read_text())) if path.exists() else []


@cache
def metadata_roots() -> dict[str, tuple[bytes, ...]]:
    """Return the attestation roots by model out of a genuine metadata BLOB (its signature is not judged here)."""
    blob = (SHARED / "mds" / "mds_no31_67402127a08a.jwt").read_text()
    entries = json.loads(loose(blob.split(".")[1]))["entries"]
    return {
        entry["aaguid"]: tuple(b64decode(root) for root in entry["metadataStatement"]["attestationRootCertificates"])
        for entry in entries
        if "aaguid" in entry
    }


def loose(text: str) -> bytes:
    """Decode base64url as the other projects do, padded or not."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def instant(text: str | None) -> int:
    """Return the instant to judge a case's certificates at."""
    return int(datetime.fromisoformat(text or "2026-01-01T00:00:00+00:00").timestamp()) * 1000
