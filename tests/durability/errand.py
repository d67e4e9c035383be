"""A joiner's way from an opened case to a passkey, taken up again after every kill wherever the server says it stands.

What the server has acknowledged is noted the moment the answer is read; nothing else is remembered of it.
"""

from collections.abc import Callable
from typing import NamedTuple

from firstkey.actions.recording import PersonToRecord
from firstkey.demo import steps
from firstkey.demo.people import Desk, Joiner
from firstkey.demo.steps import Cast, Live
from firstkey.values.errors import Refused, Unavailable
from tests.journeys.place import Place

REFUSALS_IN_A_ROW_MAX = 5


class Told(NamedTuple):
    """Something that the server has acknowledged: a fact of this kind, in this case, that names this."""

    case: str
    kind: str
    names: str = ""


def cast_of(place: Place) -> Cast:
    """Return the operators with browsers of their own, so that several clients act at the same time."""
    desks = []
    for known in place.cast:
        desks.append(Desk(place.address, known.name, known._authenticator))
        desks[-1].person = known.person
    return Cast(*desks)


class Errand:
    """One person's enrollment.

    Args:
        place: where.
        cast: the operators that serve them.
        person: the joiner.

    Attributes:
        cast: who serves them. told: what was acknowledged, in order. over: whether there is nothing left to do.
    """

    def __init__(self, place: Place, cast: Cast, person: PersonToRecord) -> None:
        self.told: list[Told] = []
        self.over = False
        self.cast = cast
        self._account = person.account
        self._joiner = Joiner(place.address, person.person, person.display_name, place.maker.authenticator())
        self._live: Live | None = None
        self._presence_is_old = False
        self._pass_id = self._code = ""
        self._steps: dict[str, Callable[[Live], None]] = {
            "proofing": self._proof,
            "approval": self._approve,
            "claim": self._claim,
            "issuance": self._get_pass,
            "delivery": self._get_pass,
            "redemption": self._redeem,
            "registration": self._register,
            "activation": steps.wait_until_active,
        }

    def go_on(self) -> None:
        """Take step after step until the case is over.

        Raises:
            Unavailable: the server is gone.
            Refused: it says no again and again.
        """
        refused = 0
        while not self.over:
            try:
                self._take_step()
                refused = 0
            except Refused as error:
                refused += 1  # the code or the window is of the time before a kill, as the page finds out
                self._code, self._presence_is_old = "", "presence-too-old" in str(error)
                if self._live is not None:
                    self._joiner.post("/status", self._live.handle)
                if refused == REFUSALS_IN_A_ROW_MAX:
                    raise

    def _take_step(self) -> None:
        if self._live is None:
            self._open()
            return
        shown = self.cast.requester.show(self._live.case)
        if shown["stage"] == "closed":
            self._finish(shown["closed"])
        else:
            self._steps[shown["stage"]](self._live)

    def _note(self, kind: str, names: str = "") -> None:
        assert self._live is not None
        self.told.append(Told(self._live.case, kind, names))

    def _open(self) -> None:
        try:
            self._live = steps.open_case(self.cast, self._account, self._joiner)
        except Unavailable:
            self.over = True  # whether there is a case now nobody was told, and its handle went with the answer
            raise
        self._note("CaseOpened", self._live.case)

    def _proof(self, live: Live) -> None:
        steps.proof(self.cast, live)
        self._note("ProofingRecorded")

    def _approve(self, live: Live) -> None:
        steps.approve(self.cast, live)
        self._note("ApprovalGiven")

    def _claim(self, live: Live) -> None:
        if self.cast.requester.show(live.case)["claim"] is None:
            steps.claim(live)
            self._note("DeviceClaimed")
        steps.anchor(self.cast, live)
        self._note("ClaimAnchored")

    def _get_pass(self, live: Live) -> None:
        if self._presence_is_old:
            steps.anchor(self.cast, live)
            self._note("ClaimAnchored")
            self._presence_is_old = False
        opened = steps.get_pass(live)
        if opened.pass_id != self._pass_id:  # the same pass is shown again to whoever asks again
            self._note("PassArmed", opened.pass_id)
        self._pass_id, self._code = opened

    def _redeem(self, live: Live) -> None:
        if not self._code:
            self._get_pass(live)
        steps.redeem(live, self._code)
        self._note("PassRedeemed", self._pass_id)

    def _register(self, live: Live) -> None:
        self._note("CredentialRegistered", steps.register(live)["id"])

    def _finish(self, closed: str) -> None:
        self.over = True
        if closed == "completed":
            self._note("CaseClosed", closed)
            self._joiner.sign_in()
            self._note("SignedIn", self._account)
