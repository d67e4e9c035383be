"""What people try who should not: each a request to the running server, and the words and type of its refusal."""

from typing import NamedTuple

from firstkey.demo.people import Desk
from firstkey.demo.steps import Cast, Live, anchoring, consent, meet
from firstkey.simulator.alter import WRONG_ORIGIN
from firstkey.simulator.client import Answer, Client
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u

OTHER_ORIGIN = "https://evil.test"


class Misuse(NamedTuple):
    """A misuse, in words.

    Attributes:
        what: who tries what.
        why: the rule that says no.
        type: the problem type (RFC 9457) of the refusal, its last segment.
    """

    what: str
    why: str
    type: str


MISUSES: dict[str, Misuse] = {
    "pass_too_early": Misuse(
        "{joiner}'s device asks for the pass at once.",
        "The system issues it, nobody else, and only for a whole case.",
        "proofing-missing",
    ),
    "approved_by_requester": Misuse(
        "{requester} approves the case that she asked for herself.",
        "Who asks never consents: two people, whatever roles one of them holds.",
        "duties-conflict",
    ),
    "approved_by_proofer": Misuse(
        "{proofer} approves the case that he vouched for.",
        "Who says who somebody is does not also say that they may have a key.",
        "duties-conflict",
    ),
    "approval_from_another_page": Misuse(
        "A page elsewhere makes {approver}'s browser send her approval.",
        "Writes come from this site's own page.",
        "origin-wrong",
    ),
    "approval_replayed": Misuse(
        "{approver}'s approval is caught and sent a second time.",
        "A signed statement is spent once, whatever became of it.",
        "statement-spent",
    ),
    "visit_relayed": Misuse(
        "Somebody far away scans {confirmer}'s screen through a camera; the laptop before her shows another number.",
        "Code and number together tie the device to the person in the room.",
        "number-differs",
    ),
    "code_without_device": Misuse(
        "A stranger has read the code and sends it, from no device at all.",
        "Without the device's proof a code is not even looked at: no try is lost.",
        "use-nonce",
    ),
    "pass_at_sign_in": Misuse(
        "The code is tried where people sign in.",
        "A pass is a bridge, never a credential: no such route reaches it.",
        "not-found",
    ),
    "pass_spent_twice": Misuse(
        "The code is sent a second time, from the right device.",
        "A code works once; its verifier is already destroyed.",
        "not-a-step",
    ),
    "phishing_page": Misuse(
        "{joiner}'s authenticator answers on a look-alike page.",
        "The answer names the page it was made on, and that is not ours.",
        "ceremony-refused",
    ),
    "registration_replayed": Misuse(
        "The registration is sent again, for a second key.",
        "One pass makes one credential, ever: the pass died with the first.",
        "ceremony-unknown",
    ),
    "joiner_at_the_console": Misuse(
        "{joiner} looks into the console with the new passkey.",
        "A passkey says who somebody is; a duty is another matter, and joiners have none.",
        "not-found",
    ),
    "another_device": Misuse(
        "Another device sends {joiner}'s code. It is the right one.",
        "Only the device that claimed the case redeems. A right code in other hands has leaked: pass and case end.",
        "another-device-claimed",
    ),
}
"""By id, in the order in which they are tried."""


def ask_for_pass(live: Live) -> Answer:
    """The device asks for its pass."""
    return live.joiner.post("/pass", live.handle)


def approve_as(desk: Desk, live: Live) -> Answer:
    """Somebody approves, with a signature of their own."""
    return desk.post(f"{live.url}/approvals", {"signed": consent(desk, live)})


def approve_from_another_page(cast: Cast, live: Live) -> Answer:
    """The approver's browser is made to send what she signed, by another site's page."""
    signed = consent(cast.approver, live)
    headers = {"Origin": OTHER_ORIGIN, "Sec-Fetch-Site": "cross-site"}
    return cast.approver.post(f"{live.url}/approvals", {"signed": signed}, **headers)


def approve_again(cast: Cast, live: Live, signed: Json) -> Answer:
    """The very same signature comes again."""
    return cast.approver.post(f"{live.url}/approvals", {"signed": signed})


def relay_visit(cast: Cast, live: Live) -> Answer:
    """The confirmer types the number before them, which is not the one of this claim."""
    visit = meet(cast, live)
    other = f"{(int(visit.number) + 1) % 10 ** len(visit.number):0{len(visit.number)}d}"
    body = anchoring(cast, live, visit._replace(number=other))
    return cast.confirmer.post(f"{live.url}/anchor", body)


def send_code(client: Client, live: Live, code: str) -> Answer:
    """The code comes, from whichever browser."""
    return client.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})


def sign_in_with_code(client: Client, code: str) -> Answer:
    """The code stands in the place of a passkey's answer."""
    begun, secret = client.request("POST", "/api/sign-in/options", {}).json, b64u(code.encode())
    answer = {"clientDataJSON": secret, "authenticatorData": secret, "signature": secret, "userHandle": secret}
    assertion = {"id": secret, "rawId": secret, "type": "public-key", "response": answer, "clientExtensionResults": {}}
    signed = {"digest": begun["digest"], "assertion": assertion}
    return client.request("POST", "/api/sign-in", {"signed": signed})


def register_on_another_page(live: Live) -> Answer:
    """The authenticator's answer says that it was made elsewhere."""
    response = live.joiner.make_passkey(live.handle, WRONG_ORIGIN)
    return live.joiner.post("/register", live.handle, response=response)


def register_again(live: Live, response: Json) -> Answer:
    """The very same registration comes again."""
    return live.joiner.post("/register", live.handle, response=response)


def look_into_console(client: Client) -> Answer:
    """Somebody in a session asks for the cases."""
    return client.request("GET", "/api/cases")
