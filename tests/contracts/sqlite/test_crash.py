"""What was answered survives a killed process; what was not is whole or absent."""

import subprocess
import sys
from pathlib import Path

from tests.contracts.site import SqliteSite, do, judged

ROOT = Path(__file__).parents[3]
KILLS = 5
ANSWERS_BEFORE_KILL = 150


def test_nothing_answered_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    """After each of five kills in full run, every answered fact is there, appends are whole, the ledger verifies."""
    answered: dict[str, int] = {}
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.contracts.sqlite.crashing", str(tmp_path)],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(ANSWERS_BEFORE_KILL)]
            process.kill()
            told += process.stdout.readlines()
        for line in told:
            stream, number = line.split()
            answered[stream] = max(int(number), answered.get(stream, 0))
        site = SqliteSite(tmp_path)
        stored = do(site, lambda tx: {stream: len(tx.load(stream)) for stream in answered})
        verdict = judged(site)
        site.close()
        assert all(stored[stream] >= number for stream, number in answered.items())
        assert all(number % 2 == 0 for number in stored.values())
        assert verdict.streams == stored
    assert sum(answered.values()) >= KILLS * ANSWERS_BEFORE_KILL
