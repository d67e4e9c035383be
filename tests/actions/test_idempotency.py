"""Idempotency keys: a slot taken with what is appended, an answer kept sealed, and none that carries a code."""

import pytest

from firstkey.actions import request
from firstkey.actions.claim import Nothing, NumberToShow, StartCodeShown
from firstkey.actions.closure import withdraw_case
from firstkey.actions.delivery import PassAnswer, PassRevealed
from firstkey.actions.handover import NativePassAnswer
from firstkey.actions.idempotency import KeptAnswer, KeyedWrite, may_be_kept, noticing
from firstkey.actions.operators import CaseAnswer
from firstkey.actions.sign_in import SignedInAnswer
from firstkey.policy.model import Purpose
from firstkey.ports.fact_store import Slot, Transaction, answer
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done

KEY, REQUEST, ANSWER = "a-key-of-ritas", b"POST /api/cases\n{}", KeptAnswer(200, b'{"case":"c-1"}')
WAIT_SECONDS = 10.0


def keyed(world: SiteWorld, name: str = "rita", key: str = KEY, body: bytes = REQUEST) -> KeyedWrite:
    """One request of somebody's under a key."""
    return KeyedWrite(world.site, world.operators[name], key, body)


def open_case(world: SiteWorld, write: KeyedWrite) -> str:
    """Open the joiner's case as that request; return it."""
    asked = request.CaseToOpen(account="dir:100", purpose=Purpose.FIRST_KEY)
    return done(request.open_case(noticing(world.site, write.store), world.operators["rita"], asked)).case


def problem(write: KeyedWrite) -> str:
    """Return why a request is refused before anything is done."""
    with pytest.raises(Refused) as refused:
        done(write.find())
    return refused.value.type


@pytest.fixture
def world() -> SiteWorld:
    """A site with a joiner on record."""
    made = SiteWorld()
    made.record_joiner()
    return made


def test_a_fresh_key_has_no_answer_and_a_used_one_has(world: SiteWorld) -> None:
    """What was kept is found again by the same person with the same request."""
    write = keyed(world)
    assert done(write.find()) is None
    open_case(world, write)
    assert write.store.appended
    done(write.keep(ANSWER))
    assert done(keyed(world).find()) == ANSWER


def test_what_was_done_without_an_answer_is_not_done_again(world: SiteWorld) -> None:
    """A server that was killed between the append and the answer says that it was done."""
    open_case(world, keyed(world))
    assert problem(keyed(world)) == "already-carried-out"


def test_the_second_of_two_at_once_appends_nothing(world: SiteWorld) -> None:
    """Both have looked and found nothing; the slot, taken with the first's facts, stops the other."""
    first, second = keyed(world), keyed(world)
    assert (done(first.find()), done(second.find())) == (None, None)
    case = open_case(world, first)
    with pytest.raises(Refused) as refused:
        done(withdraw_case(noticing(world.site, second.store), world.operators["rita"], case, Nothing()))
    assert (refused.value.type, second.store.appended) == ("already-carried-out", False)


def test_several_appends_of_one_request_are_one(world: SiteWorld) -> None:
    """The request that holds the slot may append again."""
    write = keyed(world)
    case = open_case(world, write)
    answered = done(withdraw_case(noticing(world.site, write.store), world.operators["rita"], case, Nothing()))
    assert answered.closed is not None


def test_a_refused_request_leaves_its_key_free(world: SiteWorld) -> None:
    """What changed nothing may be tried again under the same key."""
    write = keyed(world)
    with pytest.raises(Refused):
        done(withdraw_case(noticing(world.site, write.store), world.operators["rita"], "no-case", Nothing()))
    assert not write.store.appended
    open_case(world, keyed(world))


def test_a_key_belongs_to_a_person_and_a_request(world: SiteWorld) -> None:
    """Another body is refused, another person's is another key."""
    open_case(world, keyed(world))
    assert problem(keyed(world, body=REQUEST + b" ")) == "idempotency-key-reused"
    assert done(keyed(world, "paul").find()) is None


def test_a_kept_answer_is_sealed(world: SiteWorld) -> None:
    """Who has the database alone reads no answer in it, and a stored answer opens under its own key only."""
    write = keyed(world)
    open_case(world, write)
    done(write.keep(ANSWER))

    def stored(tx: Transaction) -> list[bytes]:
        return [body for _, body in tx.documents(DocumentKind.IDEMPOTENT_ANSWER, limit=10)]

    bodies = answer(world.store.execute(stored), WAIT_SECONDS)
    assert len(bodies) == 1
    assert b"c-1" not in bodies[0]


def test_the_slot_names_neither_person_nor_key(world: SiteWorld) -> None:
    """What is stored of a key is a digest."""
    write = keyed(world)
    open_case(world, write)
    assert KEY not in write._slot.key
    holder = answer(
        world.store.execute(lambda tx: tx.holder(Slot(SlotKind.IDEMPOTENCY, write._slot.key))), WAIT_SECONDS
    )
    assert holder is not None
    assert holder.startswith("idempotency/")


def test_no_answer_that_carries_a_code_may_be_kept() -> None:
    """Codes, sealed codes, start codes, numbers and sessions: none of these answers; a case's standing may be."""
    carry = (PassAnswer, PassRevealed, NativePassAnswer, StartCodeShown, NumberToShow, SignedInAnswer)
    assert [kind for kind in carry if may_be_kept(kind)] == []
    assert may_be_kept(CaseAnswer)
    assert may_be_kept(request.CaseBegun)
