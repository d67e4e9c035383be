"""APR-09: the policy in force is the one whose digest the founders signed, not whatever lies in its row."""

import pytest

from firstkey.actions.casework import Casework, run
from firstkey.actions.site_stream import site_state
from firstkey.ports.kinds import DocumentKind
from firstkey.storage.memory import MemoryRows
from firstkey.values.errors import Defect, Refused
from tests.actions.site_world import POLICY, SiteWorld, done


def test_another_text_under_the_policys_digest_decides_nothing() -> None:
    """Whoever can write to the database cannot lower a quorum there."""
    world = SiteWorld()
    world.record_joiner()

    def digest(casework: Casework) -> str:
        return site_state(world.site, casework.tx).state.policy

    another = POLICY + b"# another text, whatever it says\n"
    key = done(run(world.site, digest))

    def tamper(rows: MemoryRows) -> None:
        rows.tables["documents"][(DocumentKind.POLICY, key)] = (another, 0)

    world.store.look(tamper).result()
    with pytest.raises((Defect, Refused)):
        world.open()
