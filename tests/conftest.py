"""What holds for every test: properties have no deadline, and nothing is reached but this machine.

`make test` tries the same examples each time, a few of them; with FIRSTKEY_SOAK=1 new ones are drawn, and many.
"""

import os
import sys

from hypothesis import HealthCheck, settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def loopback_only(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse a connection to another machine.

    Raises:
        PermissionError: a test tries to reach one.
    """
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise PermissionError(f"a test tries to reach {address[0]}")


sys.addaudithook(loopback_only)

settings.register_profile(
    "brief", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("soak" if os.environ.get("FIRSTKEY_SOAK") == "1" else "brief")
