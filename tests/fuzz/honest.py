"""One honest success of every operation."""

from tests.attacks.siege import Siege


def everything(siege: Siege) -> None:
    """Let honest people do, once, everything that can be asked for."""
