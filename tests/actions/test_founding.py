"""Founding: one code, one hour, one sitting, one statement; and then never again."""

from dataclasses import replace
from typing import Any

import pytest

from firstkey.actions import founding, request, sign_in
from firstkey.actions.acts import SignedStatement, StatementToSign
from firstkey.actions.founding import FounderMade, FounderSpeaks, FounderToBe, FoundingSigned
from firstkey.actions.site import Operator, Stranger
from firstkey.actions.site_stream import site_state
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.alter import WRONG_ORIGIN
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.operator import Operator as Person
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR
from tests.actions.looking import documents, entries, facts, refusal
from tests.actions.site_world import ORIGIN, POLICY, SITE, SiteWorld, done

STRANGER = Stranger()


class Sitting:
    """A site whose founding has begun, and the people in the room."""

    def __init__(self) -> None:
        self.world = SiteWorld(founded=False)
        self.site = self.world.site
        self.code = self.begin()
        self.people: list[Person] = []

    def begin(self) -> str:
        """The terminal prints a code."""
        return done(founding.begin_founding(self.site, POLICY, "recovery-key")).reveal().decode()

    def asking(self, code: str | None = None) -> Any:
        """Somebody asks for a challenge."""
        return founding.founder_options(self.site, STRANGER, FounderToBe(code or self.code, "somebody"))

    def enroll(self) -> Person:
        """Somebody makes a passkey."""
        authenticator = Authenticator(self.world.traits, self.world.attester)
        begun = done(self.asking())
        made = FounderMade(self.code, begun.ceremony, authenticator.register(begun.options, ORIGIN))
        known = done(founding.enroll_founder(self.site, STRANGER, made))
        self.people.append(Person(known.person, SITE, ORIGIN, authenticator))
        return self.people[-1]

    def statement(self, person: Person) -> StatementToSign:
        """Somebody is shown the statement."""
        return done(founding.founding_statement(self.site, STRANGER, FounderSpeaks(self.code, person.person)))

    def signed(self, person: Person, to_sign: StatementToSign) -> FoundingSigned:
        """Somebody signs it."""
        statement = unb64u(to_sign.statement)
        assertion = person.sign_act(statement, to_sign.options, act="found_site", case=None)
        return FoundingSigned(self.code, SignedStatement(to_sign.digest, assertion))

    def sign(self, person: Person) -> founding.FoundingAnswer:
        """Somebody signs and sends it."""
        return done(founding.sign_founding(self.site, STRANGER, self.signed(person, self.statement(person))))

    @property
    def founded(self) -> bool:
        """Whether founding is over."""
        return self.world.store.read(lambda reader: site_state(self.site, reader).state.founded).result()


@pytest.fixture
def sitting() -> Sitting:
    """Begin one."""
    return Sitting()


def test_two_founders_found_a_site(sitting: Sitting) -> None:
    """The last signature founds it; until then it says who is waited for, and both then sign in."""
    first, second = sitting.enroll(), sitting.enroll()
    answer = sitting.sign(first)
    assert (answer.founded, answer.waiting, sitting.founded) == (False, (second.person,), False)
    assert sitting.sign(second).founded
    assert sitting.founded
    assert [sitting.world.sign_in(person).person for person in (first, second)] == [first.person, second.person]


def test_until_then_nothing_but_founding_works(sitting: Sitting) -> None:
    """No sign-in is begun, and a founder has no duty yet."""
    first, second = sitting.enroll(), sitting.enroll()
    assert refusal(sign_in.sign_in_options(sitting.site, STRANGER, sign_in.SignInBegun())) == "not-founded"
    asked = request.CaseToOpen("local:" + second.person, Purpose.ADD_KEY)
    opening = request.open_case(sitting.site, Operator(first.person, "local:" + first.person, "s"), asked)
    assert refusal(opening) == "account-unknown"


@pytest.mark.parametrize("code", ["0" * 26, "Z" * 26])
def test_another_code_admits_nobody(sitting: Sitting, code: str) -> None:
    """At every step of founding."""
    person = sitting.enroll()
    sitting.enroll()
    to_sign = sitting.signed(person, sitting.statement(person))
    before = entries(sitting.world)
    wrong: list[Any] = [
        sitting.asking(code),
        founding.enroll_founder(sitting.site, STRANGER, FounderMade(code, "ceremony", {})),
        founding.founding_statement(sitting.site, STRANGER, FounderSpeaks(code, person.person)),
        founding.sign_founding(sitting.site, STRANGER, FoundingSigned(code, to_sign.signed)),
    ]
    assert {refusal(asked) for asked in wrong} == {"founding-code-wrong"}
    assert entries(sitting.world) == before
    assert done(founding.sign_founding(sitting.site, STRANGER, to_sign)).waiting


def test_the_code_is_good_for_an_hour(sitting: Sitting) -> None:
    """A millisecond before its end it admits, at its end it does not; a new one is printed, and the old stays dead."""
    sitting.world.clock.instant += HOUR - 1
    done(sitting.asking())
    sitting.world.clock.instant += 1
    assert refusal(sitting.asking()) == "founding-code-wrong"
    old, sitting.code = sitting.code, sitting.begin()
    assert refusal(sitting.asking(old)) == "founding-code-wrong"
    done(sitting.asking())


def test_the_code_is_stored_nowhere(sitting: Sitting) -> None:
    """Its digest is in the ledger, it itself in no row."""
    sitting.enroll()
    assert sitting.code not in repr(sitting.world.store.look(lambda rows: dict(rows.tables)).result())


def test_one_founder_is_too_few(sitting: Sitting) -> None:
    """Nobody founds a site alone; with a second the same founder can sign."""
    first = sitting.enroll()
    alone = founding.founding_statement(sitting.site, STRANGER, FounderSpeaks(sitting.code, first.person))
    assert refusal(alone) == "founders-too-few"
    sitting.enroll()
    assert sitting.sign(first).waiting


def test_a_sixth_founder_is_too_many(sitting: Sitting) -> None:
    """Five enroll; whoever was given a challenge before the fifth did is refused at the end, too."""
    for _ in range(4):
        sitting.enroll()
    authenticator = Authenticator(sitting.world.traits, sitting.world.attester)
    begun = done(sitting.asking())
    made = FounderMade(sitting.code, begun.ceremony, authenticator.register(begun.options, ORIGIN))
    sitting.enroll()
    assert refusal(sitting.asking()) == "founders-too-many"
    assert refusal(founding.enroll_founder(sitting.site, STRANGER, made)) == "founders-too-many"


def test_nobody_joins_once_it_is_being_signed(sitting: Sitting) -> None:
    """A signature is under the names of all; who comes later is refused, with a challenge or without."""
    first = sitting.enroll()
    sitting.enroll()
    begun = done(sitting.asking())
    authenticator = Authenticator(sitting.world.traits, sitting.world.attester)
    made = FounderMade(sitting.code, begun.ceremony, authenticator.register(begun.options, ORIGIN))
    sitting.sign(first)
    assert refusal(sitting.asking()) == "founding-signed"
    assert refusal(founding.enroll_founder(sitting.site, STRANGER, made)) == "founding-signed"


def test_a_statement_that_names_others_founds_nothing(sitting: Sitting) -> None:
    """Shown before a third enrolled, it does not name them, and counts for nobody; shown afterwards it does."""
    first = sitting.enroll()
    sitting.enroll()
    early = sitting.signed(first, sitting.statement(first))
    sitting.enroll()
    assert refusal(founding.sign_founding(sitting.site, STRANGER, early)) == "statement-unknown"
    assert len(sitting.sign(first).waiting) == 2


def test_a_new_beginning_voids_the_signatures_before(sitting: Sitting) -> None:
    """Whoever signed under another recovery key signs again; the keys that were made stay."""
    first, second = sitting.enroll(), sitting.enroll()
    sitting.sign(first)
    sitting.code = sitting.begin()
    assert sitting.sign(second).waiting == (first.person,)
    assert sitting.sign(first).founded


def test_founding_is_over_for_good(sitting: Sitting) -> None:
    """The code finds nothing any more, and the terminal prints no other."""
    for person in (sitting.enroll(), sitting.enroll()):
        sitting.sign(person)
    assert refusal(sitting.asking()) == "not-found"
    assert refusal(founding.begin_founding(sitting.site, POLICY, "key")) == "already-founded"
    assert facts(sitting.world, "site")[-1] == "SiteFounded"


def test_a_founders_registration_is_judged_and_used_once(sitting: Sitting) -> None:
    """Made on another page it is refused and the challenge spent; made on ours it makes one founder, once."""
    authenticator = Authenticator(sitting.world.traits, sitting.world.attester)
    begun = done(sitting.asking())
    phished = FounderMade(sitting.code, begun.ceremony, authenticator.register(begun.options, ORIGIN, WRONG_ORIGIN))
    assert refusal(founding.enroll_founder(sitting.site, STRANGER, phished)) == "origin-wrong"
    begun = done(sitting.asking())
    made = FounderMade(sitting.code, begun.ceremony, authenticator.register(begun.options, ORIGIN))
    done(founding.enroll_founder(sitting.site, STRANGER, made))
    assert refusal(founding.enroll_founder(sitting.site, STRANGER, made)) == "not-found"
    assert documents(sitting.world, DocumentKind.CEREMONY) == {}
    assert facts(sitting.world, "site").count("FounderEnrolled") == 1


def test_an_act_is_no_founding(sitting: Sitting) -> None:
    """A founder's signature under another act's statement founds nothing."""
    for person in (sitting.enroll(), sitting.enroll()):
        sitting.sign(person)
    other = SiteWorld()
    signed = other.sign("rita", "hold_case")
    assert refusal(founding.sign_founding(sitting.site, STRANGER, FoundingSigned(sitting.code, signed))) == "not-found"


def test_an_unfit_policy_founds_nothing() -> None:
    """A document that does not load is refused before anything is written."""
    world = SiteWorld(founded=False)
    with pytest.raises(Refused):
        done(founding.begin_founding(world.site, b"format = 2", "key"))
    assert entries(world) == 0


def test_a_founder_may_be_somebody_of_record_from_the_start(sitting: Sitting) -> None:
    """Who names their HR id goes by it, and nobody else can; the list of HR then needs two signatures to touch them."""
    begun = done(founding.founder_options(sitting.site, STRANGER, FounderToBe(sitting.code, "Anna", "p-700")))
    response = Authenticator(sitting.world.traits, sitting.world.attester).register(begun.options, ORIGIN)
    made = FounderMade(sitting.code, begun.ceremony, response)
    assert done(founding.enroll_founder(sitting.site, STRANGER, made)).person == "p-700"
    again = founding.founder_options(sitting.site, STRANGER, FounderToBe(sitting.code, "Eve", "p-700"))
    assert refusal(again) == "founder-taken"


@pytest.mark.parametrize("traits", [{"backup_eligible": True}])
def test_a_founders_key_stays_on_its_device(sitting: Sitting, traits: dict[str, Any]) -> None:
    """One that can be synced makes nobody a founder, and has spent the ceremony; one that cannot is taken."""
    begun = done(sitting.asking())
    authenticator = Authenticator(replace(sitting.world.traits, **traits), sitting.world.attester)
    made = FounderMade(sitting.code, begun.ceremony, authenticator.register(begun.options, ORIGIN))
    assert refusal(founding.enroll_founder(sitting.site, STRANGER, made)) == "founder-key-unfit"
    assert refusal(founding.enroll_founder(sitting.site, STRANGER, made)) == "not-found"
    assert sitting.enroll().person
