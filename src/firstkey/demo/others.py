"""Everybody else's path: what differs from the long case, and what people try there."""

import time

from msgspec.structs import replace

from firstkey.demo import handover, steps, tries
from firstkey.demo.people import done
from firstkey.demo.steps import Live
from firstkey.demo.tale import APPROVER, CONFIRMER, SECOND_APPROVER, Tale
from firstkey.destinations.handover_simulator import HONEST, Conduct
from firstkey.simulator.alter import CROSS_ORIGIN
from firstkey.simulator.client import Answer

BRIEF_PATH, BRIEF_SECONDS = "patchy_records", 2
"""Where the demonstration's passes live so briefly that one can be seen to be too late."""

TENANT, TENANT_PATH = "tenant", "contractor_device"
"""A simulated identity system that makes keys on a page of its own, and whose they are."""


def tell_others(tale: Tale) -> None:
    """Tell of everybody else, a chapter each."""
    for chapter in (
        _by_certificate,
        _contractor_attended,
        _patchy,
        _own_device,
        _contractor_on_our_device,
        _leaver,
        _mover,
        _tried_too_often,
        _lost_and_forgotten,
    ):
        chapter(tale)


def _by_certificate(tale: Tale) -> None:
    tale.story.chapter(
        "Ines has a managed laptop with a certificate.",
        "The proxy that ends TLS proves that the laptop holds the certificate's key and hands it on over a socket of "
        "its own. It names the serial that the inventory assigned to Ines: nobody needs to meet.",
    )
    joiner = tale.joiner("Ines")
    live = tale.open(joiner)
    steps.claim(live)
    copied = tale.maker.devices.certificate(str(tale.person("Ines").asset))
    tale.refused("certificate_claimed", tries.claim_certificate(tale.address, live, copied), live)
    colleague = tale.joiner("Yuki")
    colleague.person, colleague.name = joiner.person, joiner.name
    live = tale.open_again(live, colleague)
    steps.claim(live)
    tale.refused("device_of_another", colleague.post("/certificate", live.handle), live)
    live = tale.open_again(live, tale.joiner("Ines", joiner.authenticator))
    steps.prepare(tale.cast, live)
    opened = steps.get_pass(live)
    tale.story.did("Ines", "claims on her own laptop; its certificate anchors the claim.")
    steps.redeem(live, opened.code)
    tale.refused("unknown_maker", _with_imitation(tale, live), live)
    steps.make_key(live)
    tale.complete(live, f"gets a passkey on the path {live.path}.")


def _with_imitation(tale: Tale, live: Live) -> Answer:
    genuine, live.joiner.authenticator = live.joiner.authenticator, tale.maker.imitation()
    try:
        return live.joiner.post("/register", live.handle, response=live.joiner.make_passkey(live.handle))
    finally:
        live.joiner.authenticator = genuine


def _contractor_attended(tale: Tale) -> None:
    tale.story.chapter(
        "Kofi is a contractor with a laptop of his own.",
        "No pass is safe on a device that is not ours. He comes to a station with a key to keep; two people approve.",
    )
    live = tale.open(tale.joiner("Kofi"))
    cast = tale.cast
    steps.proof(cast, live)
    steps.approve_by(cast.approver, live)
    tale.refused("approver_confirms", steps.station_claims(cast, live, cast.approver), live)
    steps.approve_by(cast.approver, live)
    done(steps.station_claims(cast, live), "station claim")
    tale.refused("one_person_twice", steps.try_to_attend(cast, live), live)
    steps.approve_by(cast.second_approver, live)
    tale.refused("pass_on_attended_path", tries.ask_for_pass(live), live)
    steps.attend(cast, live)
    tale.story.did(CONFIRMER, "signs that Kofi stands at her station: that opens ten minutes, and there is no pass.")
    tale.refused("framed_page", tries.register_altered(live, CROSS_ORIGIN), live)
    steps.make_key(live)
    tale.complete(live, f"leaves with a working key, on the path {live.path}.")


def _patchy(tale: Tale) -> None:
    tale.story.chapter(
        "Lea's laptop is in no directory.",
        "Nothing can anchor the claim, so the path is labelled: relayable. Its key is of low tier and dated, and stays "
        "pending until somebody has met Lea. Here its pass lives two seconds.",
    )
    live = tale.open(tale.joiner("Lea"))
    cast = tale.cast
    steps.claim(live)
    steps.proof(cast, live)
    steps.approve(cast, live)
    late = steps.get_pass(live)
    time.sleep(BRIEF_SECONDS + 1)
    tale.refused("late_by_a_second", tries.send_code(live.joiner.client, live, late.code), live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    tale.story.did("Lea", "asks once more, in the same case, and registers; the key waits for a visit.")
    tale.refused("pending_key_at_sign_in", live.joiner.try_sign_in(), live)
    steps.anchor(cast, live)
    steps.wait_until_active(live)
    live.joiner.sign_in()
    tale.complete(live, f"was met by {CONFIRMER}, and the key works, on the path {live.path}.")


def _own_device(tale: Tale) -> None:
    tale.story.chapter(
        "Omar has a phone of his own; later a second key; later he loses the first.",
        "What one key vouches for gets no more than that key has. A key that is lost needs one person's consent too.",
    )
    cast, first = tale.cast, tale.joiner("Omar")
    live = tale.open(first)
    steps.prepare_attended(cast, live)
    steps.finish_attended(cast, live)
    tale.complete(live, f"gets a key in person, on the path {live.path}.")
    account = tale.person("Omar").account
    tale.refused("enrolled_again", tries.open_as(cast.requester, account, "first_key"), live)
    lost = tale.shown(live)["credential"]
    second = tale.joiner("Omar", first.authenticator)
    spare = tale.open(second, "add_key")
    steps.claim(spare)
    done(second.vouch(spare.handle, spare.case), "vouch")
    second.authenticator = tale.maker.authenticator()
    steps.make_key(spare)
    tale.complete(spare, f"adds a second key by the first: {spare.path}.")
    third = tale.joiner("Omar", second.authenticator)
    instead = tale.open(third, "replacement", lost_credential=lost)
    steps.claim(instead)
    steps.approve(cast, instead)
    done(third.vouch(instead.handle, instead.case), "vouch")
    third.authenticator = tale.maker.authenticator()
    steps.make_key(instead)
    tale.complete(instead, f"replaces the one that he lost, by the other and {APPROVER}'s consent: {instead.path}.")


def _contractor_on_our_device(tale: Tale) -> None:
    tale.story.chapter(
        "Yuki is a contractor on a laptop of ours.",
        "Two approve, one of them our own. What they sign is this case, and they may take it back.",
    )
    cast = tale.cast
    live = tale.open(tale.joiner("Yuki"))
    other = tale.open(tale.joiner("Noor"))
    for each in (live, other):
        steps.claim(each)
        steps.proof(cast, each)
    signed = steps.consent(cast.approver, other)
    tale.refused("approval_for_another", tries.send_approval(cast.approver, live, signed), live)
    done(cast.requester.post(f"{other.url}/withdraw", {}), "withdraw")
    steps.approve(cast, live)
    steps.anchor_by_certificate(live)
    back = {"signed": cast.second_approver.sign_on(live.case, "withdraw_approval")}
    done(cast.second_approver.post(f"{live.url}/approvals/withdraw", back), "withdraw approval")
    tale.refused("approval_taken_back", tries.ask_for_pass(live), live)
    steps.approve_by(cast.confirmer, live)
    tale.story.did(CONFIRMER, f"looks at the case in {SECOND_APPROVER}'s place and approves.")
    tale.refused("policy_weakened", tries.weaken_alone(cast.requester), live)
    _handed_over(tale, live)


def _handed_over(tale: Tale, live: Live) -> None:
    cast, page = tale.cast, tale.page
    steps.redeem(live, steps.get_pass(live).code)
    handover.open_native(live, handover.get_native(live))
    tale.story.did("system", f"has the {TENANT}, where the key is to be, mint a pass of its own, sealed to the laptop.")
    page.behave(Conduct(drops=("reap",)))
    live = tale.open_again(live, tale.joiner("Yuki"))
    steps.prepare(cast, live)
    tale.refused("native_pass_left", tries.ask_for_pass(live), live)
    page.behave(HONEST)
    opened = steps.when_possible(lambda: tries.ask_for_pass(live), "pass")
    tale.story.did("system", "reads it back until it is gone; only then there is a pass again.")
    steps.redeem(live, live.joiner.open_code(live.handle, opened).code)
    handover.hand_over(live, page)
    steps.wait_until_active(live)
    tale.complete(live, f"makes the key on the {TENANT}'s own page, on the path {live.path}.")


def _leaver(tale: Tale) -> None:
    tale.story.chapter("Sven leaves in the middle of it.")
    live = tale.open(tale.joiner("Sven"))
    steps.prepare(tale.cast, live)
    steps.redeem(live, steps.get_pass(live).code)
    response = live.joiner.make_passkey(live.handle)
    tale.record(replace(tale.person("Sven"), active=False))
    answer = live.joiner.post("/register", live.handle, response=response)
    tale.refused("leaver_in_ceremony", answer, live, also=tale.shown(live)["closed"] == "left")


def _mover(tale: Tale) -> None:
    tale.story.chapter("Pia is promoted in the middle of it.")
    live = tale.open(tale.joiner("Pia"))
    steps.prepare(tale.cast, live)
    moved = replace(tale.person("Pia"), privileged=True)
    tale.record(replace(moved, facts=moved.facts | {"account": "privileged"}))
    tale.refused("mover_to_privileged", tries.ask_for_pass(live), live, also=tale.shown(live)["closed"] is not None)
    answer = tries.open_as(tale.cast.requester, moved.account, "emergency")
    tale.refused("prohibited_path", answer, live)


def _tried_too_often(tale: Tale) -> None:
    tale.story.chapter("Noor's case changes hands, and runs out of passes and of tries.")
    cast = tale.cast
    live = tale.open(tale.joiner("Noor"))
    steps.claim(live)
    steps.proof(cast, live)
    steps.approve(cast, live)
    signed = steps.consent(cast.second_approver, live)
    live = steps.release(cast, live)._replace(joiner=tale.joiner("Noor"))
    answer = tries.send_approval(cast.second_approver, live, signed)
    tale.refused("case_changed_after_approval", answer, live)
    second = tries.open_as(cast.requester, tale.person("Noor").account, "first_key")
    tale.refused("second_case", second, live)
    live = tale.open_again(live, tale.joiner("Noor"))
    steps.prepare(cast, live)
    for _ in range(3):
        steps.get_pass(live)
        done(cast.requester.post(f"{live.url}/pass/revoke", {}), "revoke")
    answer, closed = tries.ask_for_pass(live), tale.shown(live)["closed"]
    tale.refused("fourth_pass", answer, live, also=closed == "passes_exhausted")
    live = tale.open(tale.joiner("Noor"))
    steps.prepare(cast, live)
    wrong = tries.other_code(steps.get_pass(live).code)
    answers = [tries.send_code(live.joiner.client, live, wrong) for _ in range(3)]
    closed = tale.shown(live)["closed"]
    tale.refused("guessed_code", answers[-1], live, also=closed == "tries_exhausted")
    tale.story.did("system", f"closes the case: {closed}. What went wrong is remembered for 30 days.")
    live = tale.open(tale.joiner("Noor"))
    steps.prepare(cast, live)
    steps.finish(live, steps.get_pass(live).code)
    tale.complete(live, f"gets a passkey in the end, on the path {live.path}.")


def _lost_and_forgotten(tale: Tale) -> None:
    tale.story.chapter(
        "Ines forgets her key at home, and Noor loses hers.",
        "An emergency key is for a day and suspends nothing; recovery ends the lost key when the new one works, and is "
        "never weaker than what made the first.",
    )
    cast = tale.cast
    live = tale.open(tale.joiner("Ines"), "emergency")
    steps.prepare(cast, live)
    steps.finish(live, steps.get_pass(live).code)
    tale.complete(live, f"gets a key for a day: {live.path}.")
    lost = tale.keys["Noor"]
    live = tale.open(tale.joiner("Noor"), "recovery", lost_credential=lost)
    steps.prepare(cast, live)
    steps.finish(live, steps.get_pass(live).code)
    tale.complete(live, f"recovers: {live.path}. The lost key is suspended.")
