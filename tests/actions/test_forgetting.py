"""What is single-use within a window is forgotten after it; what counts for ever is not."""

from firstkey.actions import sign_in
from firstkey.actions.forgetting import forget_portion
from firstkey.actions.site import Stranger
from firstkey.actions.sweeping import Sweeper
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.storage.memory import MemoryRows
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.actions.site_world import SiteWorld, done

KEPT = {
    DocumentKind.ACT_EVIDENCE,
    DocumentKind.ATTESTATION,
    DocumentKind.CLAIM_KEY,
    DocumentKind.CREDENTIAL_KEY,
    DocumentKind.PERSON,
    DocumentKind.POLICY,
    DocumentKind.SALT,
}


def kinds(world: SiteWorld, table: str) -> dict[str, int]:
    """How many rows of each kind there are."""

    def count(rows: MemoryRows) -> dict[str, int]:
        counted: dict[str, int] = {}
        for kind, _ in rows.tables[table]:
            counted[kind] = counted.get(kind, 0) + 1
        return counted

    return world.store.look(count).result()


def forget(world: SiteWorld) -> int:
    """Forget all that is old."""
    forgotten = 0
    while portion := world.store.execute(forget_portion).result():
        forgotten += portion
    return forgotten


def test_after_a_day_only_what_counts_is_left() -> None:
    """A whole case leaves its evidence, keys, people and policy; sessions, nonces, statements and their slots go."""
    world = SiteWorld()
    world.completed()
    before = kinds(world, "documents")
    assert {DocumentKind.SESSION, DocumentKind.STATEMENT} <= set(before)
    world.clock.instant += DAY + HOUR
    assert forget(world) > 0
    after = kinds(world, "documents")
    assert {DocumentKind.SESSION, DocumentKind.STATEMENT, DocumentKind.CEREMONY, DocumentKind.START_CODE}.isdisjoint(
        after
    )
    assert {kind: after.get(kind) for kind in KEPT} == {kind: before.get(kind) for kind in KEPT}
    slots = kinds(world, "slots")
    assert {SlotKind.DEVICE_PROOF, SlotKind.STATEMENT, SlotKind.START_CODE}.isdisjoint(slots)
    assert {SlotKind.CREDENTIAL, SlotKind.HANDLE, SlotKind.PUBLIC_KEY} <= set(slots)


def test_nothing_is_forgotten_within_its_window() -> None:
    """For twenty minutes after a case every row is there."""
    world = SiteWorld()
    world.completed()
    before = kinds(world, "documents"), kinds(world, "slots")
    world.clock.instant += 20 * MINUTE
    assert forget(world) == 0
    assert (kinds(world, "documents"), kinds(world, "slots")) == before


def test_strangers_do_not_fill_the_database() -> None:
    """Who asks for sign-in statements day after day adds no more rows than one portion's time lets stand."""
    world = SiteWorld()
    sweeper = Sweeper(world.site)
    seen = []
    for _ in range(6):
        for _ in range(50):
            done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
        world.clock.instant += 3 * HOUR
        done(sweeper.sweep())
        seen.append(kinds(world, "documents").get(DocumentKind.STATEMENT, 0))
    assert max(seen) <= 50


def test_in_doubt_nothing_is_forgotten() -> None:
    """A wrong time must not let anything be spent twice."""
    world = SiteWorld()
    world.completed()
    world.clock.drift = 10 * DAY
    assert forget(world) == 0
