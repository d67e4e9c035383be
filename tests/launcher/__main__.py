"""`python -m tests.launcher SITE CLOCK`: `firstkey serve`, with the clock of a file. Tests start it by `launched`."""

import sys
from pathlib import Path

from firstkey.cli.serve import run_server
from firstkey.cli.telling import told
from tests.launcher.clock import MovedClock


@told()
def main() -> None:
    """Serve the site named first under the clock named second."""
    site, clock = map(Path, sys.argv[1:])
    run_server(site, MovedClock(clock))


main()
