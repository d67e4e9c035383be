"""A value that never prints: not in a log, a repr, an error, an f-string or a serialised record."""

import hmac
from typing import NoReturn


class Secret:
    """Bytes that must be taken out by name.

    Args:
        material: the secret bytes.
    """

    __slots__ = ("_material",)

    def __init__(self, material: bytes) -> None:
        self._material = material

    def reveal(self) -> bytes:
        """Return the secret. Every call is a place to look at in review."""
        return self._material

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._material, other._material)

    __hash__ = None  # type: ignore[assignment]  # a secret is no key of a table that may be dumped

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be serialised")
