"""OPR-02: a row that somebody wrote into the database itself grants nothing."""

import msgspec
import pytest

from firstkey.actions import sessions, sign_in
from firstkey.actions.acts import credential_record
from firstkey.actions.people import PersonRecord
from firstkey.actions.sessions import Session, session_key
from firstkey.actions.site import Stranger
from firstkey.ports.kinds import DocumentKind
from firstkey.storage.memory import MemoryRows
from firstkey.values import canonical
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret
from tests.actions.site_world import ORIGIN, SiteWorld, done


def write(world: SiteWorld, kind: DocumentKind, key: str, body: bytes) -> None:
    """Write a row past the server."""

    def tamper(rows: MemoryRows) -> None:
        rows.tables["documents"][(kind, key)] = (body, world.clock.now())

    world.store.look(tamper).result()


def key_of(world: SiteWorld, name: str) -> str:
    """The id of a founder's credential."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    told: str = world.people[name].authenticator.authenticate(begun.options, ORIGIN)["id"]
    return told


def test_an_inserted_session_is_nobodys() -> None:
    """Whoever can insert a row does not thereby sit in an administrator's session."""
    world = SiteWorld()
    anna, now, session = world.operators["anna"], world.clock.now(), Secret(b"x" * 32)
    row = Session(anna.person, anna.account, key_of(world, "anna"), now, now, 1)
    write(world, DocumentKind.SESSION, session_key(session), canonical.encode(msgspec.to_builtins(row)))
    with pytest.raises(Refused):
        done(sessions.recognise_session(world.site, session))


def test_a_credential_moved_to_another_person_signs_nothing() -> None:
    """The record of a credential, changed to another holder or key, is not believed."""
    world = SiteWorld()
    key, other = key_of(world, "anna"), key_of(world, "cora")
    anna = world.store.read(lambda reader: credential_record(reader, key)).result()
    cora = world.store.read(lambda reader: credential_record(reader, other)).result()
    forged = msgspec.structs.replace(anna, public_key=cora.public_key)
    write(world, DocumentKind.CREDENTIAL_KEY, key, canonical.encode(msgspec.to_builtins(forged)))
    with pytest.raises(Refused):
        world.store.read(lambda reader: credential_record(reader, key)).result()


def test_a_changed_person_is_not_believed() -> None:
    """A manager, an asset or an account written into a person's row does not count."""
    world = SiteWorld()
    world.record_joiner(asset="serial-1")
    row = PersonRecord("p-100", "dir:100", "joy", "Joy Joiner", asset="serial-of-mine")
    write(world, DocumentKind.PERSON, "person:p-100", canonical.encode(msgspec.to_builtins(row)))
    with pytest.raises(Refused):
        world.open()
