"""Verifiers: what is stored of a code, and what it takes to make one match."""

import asyncio
import threading
from concurrent.futures import Future

import msgspec
import pytest

from firstkey.actions.codes import ARGON2_THREADS, ARGON2_WAITING_MAX, SALT_BYTES, CodeDesk, Verifier
from firstkey.ports.fact_store import Transaction
from firstkey.values import codes
from firstkey.values.errors import Unavailable
from firstkey.values.secret import Secret

PEPPER, CODE = Secret(b"p" * 32), codes.draw(bytes(range(26)), 26)
SALT = b"s" * SALT_BYTES


class Shelf:
    """Verifiers by pass; a `ports.verifiers.VerifierReader`."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def read(self, pass_id: str) -> Future[bytes | None]:
        """Return a verifier."""
        future: Future[bytes | None] = Future()
        future.set_result(self.stored.get(pass_id))
        return future

    def read_within(self, _: Transaction, pass_id: str) -> bytes | None:
        """Return a verifier."""
        return self.stored.get(pass_id)


@pytest.fixture(params=[b"", SALT], ids=["sealed", "typed"])
def salt(request: pytest.FixtureRequest) -> bytes:
    """Both kinds of code."""
    return bytes(request.param)


def matched(desk: CodeDesk, pass_id: str, code: Secret) -> bool:
    """Compare."""
    judged = asyncio.run(desk.compare(pass_id, code))
    assert judged.pass_id == pass_id
    return judged.matched


def test_the_right_code_for_the_right_pass_matches(salt: bytes) -> None:
    """Another code, another pass with the same verifier, and a pass without one do not."""
    shelf = Shelf()
    desk = CodeDesk(PEPPER, shelf)
    shelf.stored["p1"] = desk.make_verifier(1, "p1", CODE, salt)
    shelf.stored["p2"] = shelf.stored["p1"]
    assert matched(desk, "p1", CODE)
    assert not matched(desk, "p1", codes.draw(bytes(range(1, 27)), 26))
    assert not matched(desk, "p2", CODE)
    assert not matched(desk, "p3", CODE)


def test_a_verifier_is_worth_nothing_under_another_pepper_or_epoch(salt: bytes) -> None:
    """The pepper lies outside the database, and raising the epoch kills what rests on the old one."""
    shelf = Shelf()
    desk, other = CodeDesk(PEPPER, shelf), CodeDesk(Secret(b"q" * 32), shelf)
    shelf.stored["p1"] = desk.make_verifier(1, "p1", CODE, salt)
    assert not matched(other, "p1", CODE)
    verifier = msgspec.json.decode(shelf.stored["p1"], type=Verifier)
    shelf.stored["p1"] = msgspec.json.encode(msgspec.structs.replace(verifier, epoch=2))
    assert not matched(desk, "p1", CODE)


def test_what_is_stored_names_no_code(salt: bytes) -> None:
    """Equal codes of two passes, or of two salts, look different, and neither shows the code."""
    desk = CodeDesk(PEPPER, Shelf())
    first = desk.make_verifier(1, "p1", CODE, salt)
    assert CODE.reveal() not in first
    digests = {
        msgspec.json.decode(desk.make_verifier(1, pass_id, CODE, salted), type=Verifier).digest
        for pass_id, salted in (("p1", salt), ("p2", salt), ("p1", b"t" * SALT_BYTES))
    }
    assert len(digests) == 3


def test_too_many_typed_codes_wait_for_nobody() -> None:
    """Beyond two threads and a short queue none is compared or made, at once; a sealed code needs no place in it."""
    shelf, gate = Shelf(), threading.Event()
    desk = CodeDesk(PEPPER, shelf)
    shelf.stored["typed"] = desk.make_verifier(1, "typed", CODE, SALT)
    shelf.stored["sealed"] = desk.make_verifier(1, "sealed", CODE, b"")
    for _ in range(ARGON2_THREADS):
        desk._pool.submit(gate.wait)

    async def crowd() -> None:
        places = ARGON2_THREADS + ARGON2_WAITING_MAX
        waiting = [asyncio.create_task(desk.compare("typed", CODE)) for _ in range(places)]
        for _ in range(10):  # each task runs until it waits for a thread
            await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await desk.compare("typed", CODE)
        with pytest.raises(Unavailable):
            await desk.make_typed(1, "another", CODE, SALT)
        with pytest.raises(Unavailable):
            desk.check_room()
        assert (await desk.compare("sealed", CODE)).matched
        gate.set()
        assert all(judged.matched for judged in await asyncio.gather(*waiting))
        assert (await desk.compare("typed", CODE)).matched
        desk.check_room()
        shelf.stored["another"] = await desk.make_typed(1, "another", CODE, SALT)
        assert (await desk.compare("another", CODE)).matched

    try:
        asyncio.run(crowd())
    finally:
        gate.set()
