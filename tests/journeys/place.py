"""A real server in a process of its own, founded by four people, with the people of the example feed on record."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from firstkey.actions.recording import PersonToRecord
from firstkey.demo import steps
from firstkey.demo.people import Desk, Joiner, Maker
from firstkey.demo.process import Address
from firstkey.demo.run import Prepared, people_of_record, policy_naming, prepare_site
from firstkey.demo.steps import Cast, Live
from firstkey.simulator.client import Client
from firstkey.storage.sqlite.connection import open_reader
from tests.launcher.server import Launched

WAIT_SECONDS_MAX = 20


class Place(NamedTuple):
    """The server, whose clock the test may move (`tests.launcher.server`), and who is there."""

    prepared: Prepared
    maker: Maker
    cast: Cast
    people: tuple[PersonToRecord, ...]
    server: Launched

    @property
    def address(self) -> Address:
        """Where the server is."""
        return self.prepared.address

    def stranger(self) -> Client:
        """A browser without a session and without a device key."""
        return self.address.client()

    def joiner(self) -> Joiner:
        """The first joiner, at a device that has claimed nothing yet."""
        person = next(person for person in self.people if person.asset is not None)
        return Joiner(self.address, person.person, person.display_name, self.maker.authenticator())

    def open_case(self) -> Live:
        """Open a case for the first joiner."""
        joiner = self.joiner()
        account = next(person.account for person in self.people if person.person == joiner.person)
        return steps.open_case(self.cast, account, joiner)

    def entries(self) -> int:
        """Count the ledger's entries, in the database itself; those of refusals come when they come."""
        return self.count("SELECT count(*) FROM entries WHERE stream NOT LIKE 'refusals/%'")

    def count(self, query: str) -> int:
        """Ask the database itself for a number."""
        with closing(open_reader(self.prepared.site)) as connection:
            return int(connection.execute(query).fetchone()[0])


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that the server brings about by itself, and fail if it never does."""
    last = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():
        assert time.monotonic() < last, "it did not come"
        time.sleep(WAIT_SECONDS_MAX / 200)


@contextmanager
def founded(folder: Path, policy: Callable[[bytes], bytes] | None = None, settings_more: str = "") -> Iterator[Place]:
    """Run a server on a fresh site in a folder.

    Args:
        folder: an empty one.
        policy: makes the policy from the demonstration's; that one when None.
        settings_more: what the site's settings say beside the usual.
    """
    maker = Maker()
    text = None if policy is None else policy(policy_naming(maker.root.der))
    prepared = prepare_site(folder / "site", maker, text, settings_more)
    with Launched(prepared.site, prepared.address) as server:
        names = ("Rita", "Paul", "Anna", "Theo", "Cora")
        cast = Cast(*(Desk(prepared.address, name, maker.authenticator()) for name in names))
        for desk in cast:
            desk.enroll(prepared.founding_code)
        for desk in cast:
            desk.sign_founding(prepared.founding_code)
        for desk in cast:
            desk.sign_in()
        people = people_of_record()
        steps.record_people(cast.requester, people)
        yield Place(prepared, maker, cast, people, server)
