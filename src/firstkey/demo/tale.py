"""What every case of the tale stands on: a founded site, the people on record, and a note of what was tried.

A case is told in the order in which it lives; whatever is refused is refused on a case that is alive.
"""

from typing import NamedTuple

from firstkey.actions.recording import PersonToRecord
from firstkey.demo import steps
from firstkey.demo.misuses import MISUSES
from firstkey.demo.people import Desk, Joiner, Maker, done
from firstkey.demo.process import Address
from firstkey.demo.reasons import DemoReason
from firstkey.demo.steps import Cast, Live
from firstkey.demo.story import Story
from firstkey.destinations.handover_simulator import HandoverPage
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.client import Answer
from firstkey.values.canonical import Json
from firstkey.values.errors import Refused

REQUESTER, PROOFER, APPROVER, SECOND_APPROVER, CONFIRMER = "Rita", "Paul", "Anna", "Theo", "Cora"
DUTIES = (
    "She is going to ask for keys.",
    "He is going to look at identity papers (proofing).",
    "She is going to approve.",
    "He is going to approve where two must.",
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
        maker: of everybody's hardware; the site takes its roots.
        page: of the destination that makes keys itself.
        story: tells.

    Attributes:
        people: on record, by first name.
        cases: ids of cases opened. completed: of those whose passkey works. tried: misuses, in order.
        paths: of the cases that were completed. keys: the newest credential of each person, by first name.
    """

    def __init__(self, address: Address, maker: Maker, page: HandoverPage, story: Story) -> None:
        self.people: dict[str, PersonToRecord] = {}
        self.cases: list[str] = []
        self.completed: list[str] = []
        self.paths: list[str] = []
        self.keys: dict[str, str] = {}
        self.tried: list[Tried] = []
        self.address = address
        self.maker = maker
        self.story = story
        self.page = page
        names = (REQUESTER, PROOFER, APPROVER, SECOND_APPROVER, CONFIRMER)
        self.cast = Cast(*(Desk(address, name, maker.authenticator()) for name in names))

    def found(self, code: str) -> None:
        """Found the site with the code from the server's terminal."""
        self.story.chapter(
            "The site is founded.",
            "Nobody has a key yet, so somebody must be let in without one, once: two to five people in one room, with "
            "a code from the server's own terminal. It is over when all of them have signed what it led to.",
        )
        for desk in self.cast:
            desk.enroll(code)
        founded = [desk.sign_founding(code) for desk in self.cast]
        if founded != [False] * (len(self.cast) - 1) + [True]:
            raise Refused(DemoReason.StepRefused, "the last signature founds, and none before it")
        for desk in self.cast:
            desk.sign_in()
        for desk, duty in zip(self.cast, DUTIES, strict=True):
            self.story.did(desk.name, f"makes a passkey and signs. {duty}")

    def import_people(self, people: tuple[PersonToRecord, ...]) -> None:
        """Bring in what HR and the inventory say."""
        self.story.chapter(
            "Systems of record say who there is.",
            "Which way in somebody may take follows from facts with a source. A requester's word can make it stricter, "
            "never easier.",
        )
        count = steps.record_people(self.cast.requester, people)
        self.story.did(
            REQUESTER, f"imports {count} people from HR's feed (SCIM) and the inventory, and signs the list."
        )
        self.people = {first_name(person): person for person in people}
        for name, person in self.people.items():
            if person.asset is not None:
                facts = ", ".join(person.facts[each].replace("_", " ") for each in ("employment", "workplace"))
                self.story.did(name, f"{facts}, {person.facts['device'].replace('_', ' ')} device {person.asset}")

    def record(self, person: PersonToRecord) -> None:
        """Bring in what HR says of one person now."""
        steps.record_people(self.cast.requester, (person,))
        self.people[first_name(person)] = person

    def person(self, name: str) -> PersonToRecord:
        """Return somebody of the feed.

        Raises:
            Refused: PeopleTooFew.
        """
        if name not in self.people:
            raise Refused(DemoReason.PeopleTooFew, name)
        return self.people[name]

    def joiner(self, name: str, authenticator: Authenticator | None = None) -> Joiner:
        """Somebody at a browser of their own, on the device that is assigned to them."""
        person = self.person(name)
        certified = person.facts.get("device") == "certified" and person.asset is not None
        certificate = self.maker.devices.certificate(str(person.asset)) if certified else None
        return Joiner(self.address, person.person, name, authenticator or self.maker.authenticator(), certificate)

    def open(self, joiner: Joiner, purpose: str = "first_key", **more: Json) -> Live:
        """The requester asks for a key."""
        live = steps.open_case(self.cast, self.person(joiner.name).account, joiner, purpose, **more)
        self.cases.append(live.case)
        return live

    def open_again(self, live: Live, joiner: Joiner) -> Live:
        """Withdraw a case and open another for the same person, at another device."""
        done(self.cast.requester.post(f"{live.url}/withdraw", {}), "withdraw")
        return self.open(joiner)

    def complete(self, live: Live, what: str) -> None:
        """Note that a case ended with a passkey that works."""
        self.completed.append(live.case)
        self.keys[live.joiner.name] = self.shown(live)["credential"]
        self.paths.append(live.path)
        self.story.did(live.joiner.name, what)

    def shown(self, live: Live) -> Json:
        """What an operator sees of a case now."""
        return self.cast.requester.show(live.case)

    def refused(self, misuse: str, answer: Answer, live: Live, *, also: bool = True) -> None:
        """Note whether a misuse was refused as it should be, and tell of it; `also` is what must hold besides."""
        words = MISUSES[misuse]
        names = {"joiner": live.joiner.name}
        names |= {duty: desk.name for duty, desk in self.cast._asdict().items()}
        refused = answer.problem == words.type and also
        self.tried.append(Tried(misuse, refused, answer.problem or ""))
        told = f"{answer.status} {answer.problem or 'without a problem'}"
        if refused:
            self.story.refused(words.what.format(**names), told, words.why.format(**names))
        else:
            self.story.failed(words.what.format(**names), told)


def first_name(person: PersonToRecord) -> str:
    """Return what somebody goes by here."""
    return person.display_name.partition(" ")[0]
