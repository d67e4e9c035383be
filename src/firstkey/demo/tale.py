"""The tale: a site is founded, two people join, one is robbed on the way, and others try what they should not.

A case is told in the order in which it lives; whatever is refused is refused on a case that is alive.
"""

from typing import NamedTuple

from firstkey.actions.records import PersonToRecord
from firstkey.demo import misuses, steps
from firstkey.demo.misuses import MISUSES
from firstkey.demo.people import Desk, Joiner, Maker
from firstkey.demo.process import Address
from firstkey.demo.reasons import DemoReason
from firstkey.demo.steps import Cast, Live
from firstkey.demo.story import Story
from firstkey.simulator.client import Answer
from firstkey.values.canonical import Json
from firstkey.values.errors import Refused

REQUESTER, PROOFER, APPROVER, CONFIRMER = "Rita", "Paul", "Anna", "Cora"
DUTIES = (
    "She is going to ask for keys.",
    "He is going to look at identity papers (proofing).",
    "She is going to approve.",
    "She is going to meet joiners in person.",
)


class Tried(NamedTuple):
    """A misuse that was tried: whether it was refused as it should be, and the problem's type."""

    id: str
    refused: bool
    type: str


class Tale:
    """Walks the cases and tells of them.

    Args:
        address: of a server whose site waits for its founders.
        maker: of everybody's authenticators; the site takes its root.
        story: tells.

    Attributes:
        cases: ids of cases opened. completed: of those whose passkey works. tried: misuses, in order.
    """

    def __init__(self, address: Address, maker: Maker, story: Story) -> None:
        self.cases: list[str] = []
        self.completed: list[str] = []
        self.tried: list[Tried] = []
        self._address = address
        self._maker = maker
        self._story = story
        desks = (Desk(address, name, maker.authenticator()) for name in (REQUESTER, PROOFER, APPROVER, CONFIRMER))
        self._cast = Cast(*desks)

    def found(self, code: str) -> None:
        """Found the site with the code from the server's terminal."""
        self._story.chapter(
            "The site is founded.",
            "Nobody has a key yet, so somebody must be let in without one, once: two to five people in one room, with "
            "a code from the server's own terminal. It is over when all of them have signed what it led to.",
        )
        for desk in self._cast:
            desk.enroll(code)
        founded = [desk.sign_founding(code) for desk in self._cast]
        if founded != [False, False, False, True]:
            raise Refused(DemoReason.StepRefused, "the last signature founds, and none before it")
        for desk in self._cast:
            desk.sign_in()
        for desk, duty in zip(self._cast, DUTIES, strict=True):
            self._story.did(desk.name, f"makes a passkey and signs. {duty}")

    def import_people(self, people: tuple[PersonToRecord, ...]) -> None:
        """Bring in what HR and the inventory say."""
        self._story.chapter(
            "Systems of record say who there is.",
            "Which way in somebody may take follows from facts with a source. A requester's word can make it stricter, "
            "never easier.",
        )
        count = steps.record_people(self._cast.requester, people)
        self._story.did(
            REQUESTER, f"imports {count} people from HR's feed (SCIM) and the inventory, and signs the list."
        )
        for person in people:
            if person.asset is not None:
                facts = ", ".join(person.facts[name] for name in ("employment", "workplace", "device"))
                said = f"{person.display_name}: {facts.replace('_', ' ')} device {person.asset}."
                self._story.did(person.person, said)

    def serve_with_misuses(self, person: PersonToRecord) -> None:
        """A case from end to end, with everything that is tried against it."""
        name, story = _first_name(person), self._story
        story.chapter(
            f"{name} was hired. A case is opened.",
            "A case is one enrollment of one account. It is the list of what happened to it, and nothing else; every "
            "entry of that list is in the ledger.",
        )
        live = self._open(person)
        story.did(REQUESTER, f"asks for a first key for {name}. The policy picks the path: {live.path}.")
        steps.claim(live)
        story.did(name, "opens the link on the laptop that was handed out; it claims the case with a key of its own.")
        self._refused("pass_too_early", misuses.ask_for_pass(live), live)
        self._agree(live)
        self._meet(live)
        self._pass(live)
        response = self._register(live)
        story.chapter(
            "The passkey becomes active.",
            "It stays pending until every condition holds once more, under a signed checkpoint of the ledger that "
            "covers its whole history.",
        )
        steps.wait_until_active(live)
        self.completed.append(live.case)
        story.did("system", "activates the passkey and closes the case: completed.")
        client = live.joiner.sign_in()
        story.did(name, "signs in with it. The pass is long dead.")
        self._refused("registration_replayed", misuses.register_again(live, response), live)
        self._refused("joiner_at_the_console", misuses.look_into_console(client), live)

    def serve_robbed(self, person: PersonToRecord) -> None:
        """A case whose code has leaked, and the one after it."""
        name, story = _first_name(person), self._story
        story.chapter(
            f"{name} was hired, too, and is robbed on the way.",
            "Everything went well so far; then somebody copies link and code off the screen.",
        )
        live = self._open(person)
        steps.prepare(self._cast, live)
        opened = steps.get_pass(live)
        story.did(name, "has claimed, was proofed, approved and met in person; the pass is armed.")
        thief = self._joiner(person)
        self._refused("another_device", misuses.send_code(thief.client, live, opened.code), live)
        closed = self._cast.requester.show(live.case)["closed"]
        story.did("system", f"kills the pass and closes the case: {closed}. Nothing of it can be used again.")
        again = self._open(person)
        steps.prepare(self._cast, again)
        steps.finish(again, steps.get_pass(again).code)
        self.completed.append(again.case)
        story.did(name, "starts over in a new case, proofed, approved and met afresh, and gets a passkey.")

    def _open(self, person: PersonToRecord) -> Live:
        live = steps.open_case(self._cast, person.account, self._joiner(person))
        self.cases.append(live.case)
        return live

    def _joiner(self, person: PersonToRecord) -> Joiner:
        return Joiner(self._address, person.person, _first_name(person), self._maker.authenticator())

    def _agree(self, live: Live) -> None:
        cast, name = self._cast, live.joiner.name
        self._story.chapter(
            "Other people agree.",
            "Proofing says who it is, approval that they may have a key. Each is a person's own passkey signature over "
            "a statement that names exactly this case; each is verified again whenever something rests on it.",
        )
        steps.proof(cast, live)
        self._story.did(PROOFER, f"has looked at {name}'s identity card and at {name}, and signs for it: level 2.")
        self._refused("approved_by_requester", misuses.approve_as(cast.requester, live), live)
        self._refused("approved_by_proofer", misuses.approve_as(cast.proofer, live), live)
        self._refused("approval_from_another_page", misuses.approve_from_another_page(cast, live), live)
        signed = steps.approve(cast, live)
        self._story.did(APPROVER, "signs the digest of the case as it is now.")
        self._refused("approval_replayed", misuses.approve_again(cast, live, signed), live)

    def _meet(self, live: Live) -> None:
        cast, name = self._cast, live.joiner.name
        self._story.chapter(
            "The device is tied to the person.",
            "A device proves that it is the same device, not whose. So they meet: the laptop scans a code from the "
            "confirmer's screen, good for 60 seconds, and the confirmer types the number that it then shows.",
        )
        self._refused("visit_relayed", misuses.relay_visit(cast, live), live)
        steps.anchor(cast, live)
        self._story.did(CONFIRMER, f"stands before {name}, types the number on the laptop, and signs: anchored.")

    def _pass(self, live: Live) -> None:
        self._story.chapter(
            "The pass: a bridge, never a credential.",
            "Its code comes into being in the moment in which it is sealed to the claiming device. It lives ten "
            "minutes, works once, for that device alone, and signs nobody in. Only a keyed digest of it is stored.",
        )
        opened = steps.get_pass(live)
        self._story.did("system", "issues the pass, for the case is whole, and seals its code to the laptop.")
        stranger = self._address.client()
        self._refused("code_without_device", misuses.send_code(stranger, live, opened.code), live)
        self._refused("pass_at_sign_in", misuses.sign_in_with_code(stranger, opened.code), live)
        steps.redeem(live, opened.code)
        self._story.did(
            live.joiner.name, "redeems it with one press. The code is gone; ten minutes are left to register."
        )
        self._refused("pass_spent_twice", misuses.send_code(live.joiner.client, live, opened.code), live)

    def _register(self, live: Live) -> Json:
        self._story.chapter(
            "The passkey is made.",
            "The authenticator's answer is judged: the challenge, the page it was made on, that its user was verified, "
            "that it cannot be copied off the device, and who made it (attestation).",
        )
        self._refused("phishing_page", misuses.register_on_another_page(live), live)
        response = steps.register(live)
        self._story.did(live.joiner.name, "registers on the right page. The key is pending; the pass is spent.")
        return response

    def _refused(self, misuse: str, answer: Answer, live: Live) -> None:
        """Note whether a misuse was refused as it should be, and tell of it."""
        words = MISUSES[misuse]
        names = {"joiner": live.joiner.name}
        names |= {duty: desk.name for duty, desk in self._cast._asdict().items()}
        refused = answer.problem == words.type
        self.tried.append(Tried(misuse, refused, answer.problem or ""))
        told = f"{answer.status} {answer.problem or 'without a problem'}"
        if refused:
            self._story.refused(words.what.format(**names), told, words.why)
        else:
            self._story.failed(words.what.format(**names), told)


def _first_name(person: PersonToRecord) -> str:
    return person.display_name.partition(" ")[0]
