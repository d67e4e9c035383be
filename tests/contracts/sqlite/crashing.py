"""A process to be killed: appends from four threads for ever and tells each number once it is answered.

python -m tests.contracts.sqlite.crashing FOLDER
"""

import os
import sys
import threading
from pathlib import Path

from tests.contracts.site import SqliteSite, appending, do


def append_for_ever(site: SqliteSite, stream: str) -> None:
    """Append to a stream and write `stream number` after each answer, a line that is written whole."""
    while True:
        number = do(site, appending(stream, 1, 2))[-1].number
        os.write(1, f"{stream} {number}\n".encode())


if __name__ == "__main__":
    opened = SqliteSite(Path(sys.argv[1]))
    for runner in range(4):
        threading.Thread(target=append_for_ever, args=(opened, f"case-{runner}")).start()
