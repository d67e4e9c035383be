"""A real server in a process of its own whose clock the test moves. No setting reaches the clock; the launcher does.

    with Launched(site, address) as server:          # a site's folder; where its settings say that it listens
        server.clock.let_pass(10 * MINUTE)           # both clocks go on: windows end
        server.clock.set_by(-3 * SECOND)             # somebody sets the clock: the site is clock_doubtful
        server.clock.agree()                         # and sets it right again
        server.kill()                                # SIGKILL, at once
        server.start()                               # the same site again, under the clock as it was left

`tests.journeys.place.founded` gives such a server on a founded site: `place.server`.
The clock's file stands beside the site's folder, so that a second `Launched` on the same site goes on with it.
"""

import sys
from pathlib import Path
from typing import Self

from firstkey.demo.process import Address, Server
from tests.launcher.clock import ClockFile

ROOT = Path(__file__).parents[2]
CLOCK = "clock"

# `python -m tests.launcher` needs the repository on its path wherever the tests are called.
_START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; runpy.run_module('tests.launcher', alter_sys=True)"
)


class Launched(Server):
    """A site's server under a clock that moves, from `with` to the end of its block.

    Args:
        site: the site's folder.
        address: where its settings say that it listens.

    Attributes:
        clock: the test's hand on the server's clock.
    """

    def __init__(self, site: Path, address: Address) -> None:
        self.clock = ClockFile(site.parent / CLOCK)
        super().__init__(site, address, (sys.executable, "-c", _START, str(site), str(self.clock.path)))

    def start(self) -> Self:
        """Start it again after `kill` or `stop`."""
        return self.__enter__()
