"""The code: a pass's secret as a person or a page handles it.

A typed code is 13 Crockford base32 symbols (65 bits) and a check symbol (mod 37); a sealed code is 26 symbols (130
bits), never seen by anybody, so without a check symbol. Reading forgives case, spaces, hyphens and the look-alikes that
Crockford names (I and L are 1, O is 0). The check symbol is computed from the code, so it tells nothing new; it lets a
page catch a slip before a try is spent: a malformed code is never a try.
"""

from enum import Enum

from firstkey.values.errors import Defect, Malformed, Says
from firstkey.values.secret import Secret

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET = ALPHABET + "*~$=U"
TYPED_SYMBOLS = 13
SEALED_SYMBOLS = 26
CODE_INPUT_CHARACTERS_MAX = 64

_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", " ": None, "-": None})


class CodeReason(Enum):
    """Why a code could not be read. Never counted as a try."""

    CodeMalformed = Says("This is not a whole code.", "Compare it with what you were given and enter it again.")


def draw(entropy: bytes, symbols: int) -> Secret:
    """Make a code from uniform random bytes: one symbol from the low five bits of each byte.

    Args:
        entropy: at least `symbols` bytes from a cryptographic source.
        symbols: TYPED_SYMBOLS or SEALED_SYMBOLS.

    Returns:
        The normalised code (ASCII, no check symbol).
    """
    if len(entropy) < symbols:
        raise Defect("a code needs a byte of entropy for each symbol")
    return Secret("".join(ALPHABET[byte & 31] for byte in entropy[:symbols]).encode())


def check_symbol(normalised: str) -> str:
    """Return the Crockford check symbol (value mod 37)."""
    value = 0
    for symbol in normalised:
        value = (value * 32 + ALPHABET.index(symbol)) % 37
    return CHECK_ALPHABET[value]


def for_typing(code: Secret) -> str:
    """Lay a typed code out for a person: groups of four with the check symbol last, `XXXX-XXXX-XXXX-XC`."""
    text = code.reveal().decode()
    whole = text + check_symbol(text)
    return "-".join(whole[start : start + 4] for start in range(0, len(whole), 4))


def read(text: str) -> Secret:
    """Normalise what came in, typed (with its check symbol) or sealed.

    Raises:
        Malformed: wrong length, a symbol that is none, or a check symbol that does not fit.
    """
    if len(text) > CODE_INPUT_CHARACTERS_MAX or not text.isascii():
        raise Malformed(CodeReason.CodeMalformed)
    body = text.upper().translate(_LOOK_ALIKES)
    if len(body) == TYPED_SYMBOLS + 1:
        body, check = body[:-1], body[-1]
        if any(symbol not in ALPHABET for symbol in body) or check_symbol(body) != check:
            raise Malformed(CodeReason.CodeMalformed)
    elif len(body) != SEALED_SYMBOLS or any(symbol not in ALPHABET for symbol in body):
        raise Malformed(CodeReason.CodeMalformed)
    return Secret(body.encode())
