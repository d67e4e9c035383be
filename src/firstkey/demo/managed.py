"""The long case: a managed laptop without a certificate yet, every step told, and the next one, whose code leaks."""

from firstkey.demo import steps, tries
from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.demo.tale import APPROVER, CONFIRMER, PROOFER, REQUESTER, Tale
from firstkey.simulator.alter import BACKUP_ELIGIBLE
from firstkey.values.canonical import Json


def serve_with_misuses(tale: Tale, joiner: Joiner) -> None:
    """A case from end to end, with everything that is tried against it."""
    name, story = joiner.name, tale.story
    story.chapter(
        f"{name} was hired. A case is opened.",
        "A case is one enrollment of one account. It is the list of what happened to it, and nothing else; every "
        "entry of that list is in the ledger.",
    )
    live = tale.open(joiner)
    story.did(REQUESTER, f"asks for a first key for {name}. The policy picks the path: {live.path}.")
    steps.claim(live)
    story.did(name, "opens the link on the laptop that was handed out; it claims the case with a key of its own.")
    tale.refused("pass_too_early", tries.ask_for_pass(live), live)
    _agree(tale, live)
    _meet(tale, live)
    _pass(tale, live)
    response = _register(tale, live)
    story.chapter(
        "The passkey becomes active.",
        "It stays pending until every condition holds once more, under a signed checkpoint of the ledger that "
        "covers its whole history.",
    )
    steps.wait_until_active(live)
    story.did("system", "activates the passkey and closes the case: completed.")
    client = live.joiner.sign_in()
    tale.complete(live, "signs in with it. The pass is long dead.")
    tale.refused("registration_replayed", tries.register_again(live, response), live)
    tale.refused("joiner_at_the_console", tries.look_into_console(client), live)


def serve_robbed(tale: Tale, joiner: Joiner) -> None:
    """A case whose code has leaked, and the one after it."""
    name, story, cast = joiner.name, tale.story, tale.cast
    story.chapter(
        f"{name} was hired, too, and is robbed on the way.",
        "Everything went well so far; then somebody copies link and code off the screen.",
    )
    live = tale.open(joiner)
    steps.prepare(cast, live)
    opened = steps.get_pass(live)
    story.did(name, "has claimed, was proofed, approved and met in person; the pass is armed.")
    thief = tale.joiner(name)
    tale.refused("another_device", tries.send_code(thief.client, live, opened.code), live)
    closed = tale.shown(live)["closed"]
    story.did("system", f"kills the pass and closes the case: {closed}. Nothing of it can be used again.")
    again = tale.open(tale.joiner(name))
    steps.prepare(cast, again)
    steps.finish(again, steps.get_pass(again).code)
    tale.complete(again, "starts over in a new case, proofed, approved and met afresh, and gets a passkey.")


def _agree(tale: Tale, live: Live) -> None:
    cast, name = tale.cast, live.joiner.name
    tale.story.chapter(
        "Other people agree.",
        "Proofing says who it is, approval that they may have a key. Each is a person's own passkey signature over "
        "a statement that names exactly this case; each is verified again whenever something rests on it.",
    )
    steps.proof(cast, live)
    tale.story.did(PROOFER, f"has looked at {name}'s identity card and at {name}, and signs for it: level 2.")
    tale.refused("approved_by_requester", tries.approve_as(cast.requester, live), live)
    tale.refused("approved_by_proofer", tries.approve_as(cast.proofer, live), live)
    tale.refused("approval_from_another_page", tries.approve_from_another_page(cast, live), live)
    signed = steps.approve(cast, live)
    tale.story.did(APPROVER, "signs the digest of the case as it is now.")
    tale.refused("approval_replayed", tries.send_approval(cast.approver, live, signed), live)


def _meet(tale: Tale, live: Live) -> None:
    cast, name = tale.cast, live.joiner.name
    tale.story.chapter(
        "The device is tied to the person.",
        "A device proves that it is the same device, not whose. So they meet: the laptop scans a code from the "
        "confirmer's screen, good for 60 seconds, and the confirmer types the number that it then shows.",
    )
    tale.refused("visit_relayed", tries.relay_visit(cast, live), live)
    steps.anchor(cast, live)
    tale.story.did(CONFIRMER, f"stands before {name}, types the number on the laptop, and signs: anchored.")


def _pass(tale: Tale, live: Live) -> None:
    tale.story.chapter(
        "The pass: a bridge, never a credential.",
        "Its code comes into being in the moment in which it is sealed to the claiming device. It lives ten "
        "minutes, works once, for that device alone, and signs nobody in. Only a keyed digest of it is stored.",
    )
    opened = steps.get_pass(live)
    tale.story.did("system", "issues the pass, for the case is whole, and seals its code to the laptop.")
    stranger = tale.address.client()
    tale.refused("link_scanned", tries.scan_link(stranger, live, opened.code), live)
    tale.refused("code_without_device", tries.send_code(stranger, live, opened.code), live)
    burner = tale.joiner(live.joiner.name).client
    answers = [tries.send_code(burner, live, tries.other_code(opened.code)) for _ in range(3)]
    tale.refused("burned_by_stranger", answers[-1], live, also=tale.shown(live)["tries_failed"] == 0)
    tale.refused("pass_at_sign_in", tries.sign_in_with_code(stranger, opened.code), live)
    steps.redeem(live, opened.code)
    tale.story.did(live.joiner.name, "redeems it with one press. The code is gone; ten minutes are left to register.")
    tale.refused("pass_spent_twice", tries.send_code(live.joiner.client, live, opened.code), live)


def _register(tale: Tale, live: Live) -> Json:
    tale.story.chapter(
        "The passkey is made.",
        "The authenticator's answer is judged: the challenge, the page it was made on, that its user was verified, "
        "that it cannot be copied off the device, and who made it (attestation).",
    )
    tale.refused("phishing_page", tries.register_altered(live), live)
    tale.refused("synced_passkey", tries.register_altered(live, BACKUP_ELIGIBLE), live)
    response = steps.register(live)
    tale.story.did(live.joiner.name, "registers on the right page. The key is pending; the pass is spent.")
    return response
