"""A secret leaves by reveal() and by no other way."""

import copy
import json
import pickle
from typing import Any

import msgspec
import pytest

from firstkey.values.secret import Secret

MATERIAL = b"correct horse"


def test_a_secret_is_revealed_by_name() -> None:
    """reveal() gives the bytes back."""
    assert Secret(MATERIAL).reveal() == MATERIAL


def test_a_secret_never_prints() -> None:
    """No way of formatting shows it, alone or inside something else."""
    secret = Secret(MATERIAL)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s %r" % (secret, secret), repr([secret])]  # noqa: UP031 - logging formats so
    shown += [f"{secret:x}", "{}".format(secret), str({"code": secret}), str(ValueError(secret))]  # noqa: UP032 - as above
    assert not any("horse" in text or MATERIAL.hex() in text for text in shown)


def test_a_secret_is_not_serialised() -> None:
    """Nothing that writes or copies values does so with this one."""
    writers: list[Any] = [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, bytes]
    writers += [msgspec.json.encode, msgspec.to_builtins]
    for write in writers:
        with pytest.raises(TypeError):
            write(Secret(MATERIAL))


def test_secrets_compare_by_material() -> None:
    """Equal material is equal, and bytes are not a secret."""
    assert Secret(MATERIAL) == Secret(MATERIAL)
    assert Secret(MATERIAL) != Secret(b"correct horsf")
    assert Secret(MATERIAL) != MATERIAL


def test_a_secret_is_no_key() -> None:
    """It cannot be hashed, so it is in no set or table by itself."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret(MATERIAL))
