"""What people try who should not, in words: who tries what, which rule says no, and the type of the refusal."""

from typing import NamedTuple


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
    "link_scanned": Misuse(
        "A mail scanner opens every address of the page, the one that spends the code too.",
        "Looking changes nothing, ever: GET and HEAD spend no code.",
        "method-wrong",
    ),
    "code_without_device": Misuse(
        "A stranger has read the code and sends it, from no device at all.",
        "Without the device's proof a code is not even looked at: no try is lost.",
        "use-nonce",
    ),
    "burned_by_stranger": Misuse(
        "Somebody sends wrong codes from a device of their own, to burn {joiner}'s tries.",
        "Only the claiming device can lose a try: {joiner} still has all three.",
        "another-device-claimed",
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
    "synced_passkey": Misuse(
        "{joiner} tries a passkey that is copied to every device of theirs.",
        "The path wants a key that cannot leave its device.",
        "key-term-unmet",
    ),
    "registration_replayed": Misuse(
        "The registration is sent again, for a second key.",
        "One pass makes one credential, ever: the pass died with the first.",
        "case-over",
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
    "certificate_claimed": Misuse(
        "A laptop elsewhere sends {joiner}'s certificate, copied from somewhere, in a header of its own.",
        "A certificate counts only over the proxy's own socket, where its key was proved; elsewhere it is not read.",
        "certificate-missing",
    ),
    "device_of_another": Misuse(
        "{joiner}'s case is taken on a colleague's managed laptop.",
        "The certificate must name the device that the inventory has assigned to {joiner}.",
        "asset-differs",
    ),
    "unknown_maker": Misuse(
        "{joiner}'s key says that it is of a known model; its maker's signature says otherwise.",
        "Attestation must end in a root that the policy trusts for that model.",
        "key-term-unmet",
    ),
    "approver_confirms": Misuse(
        "{approver}, who approved, wants to be the one who meets {joiner} as well.",
        "Who consents does not also tie the device to the person.",
        "duties-conflict",
    ),
    "one_person_twice": Misuse(
        "{approver} has approved twice, where two must; {confirmer} wants to begin.",
        "A quorum counts people, not signatures.",
        "approval-missing",
    ),
    "pass_on_attended_path": Misuse(
        "Somebody calls the pass's own address for {joiner}, whose path has no pass.",
        "A path names one way in; the others do not exist for it.",
        "bootstrap-differs",
    ),
    "framed_page": Misuse(
        "A page elsewhere shows ours in a frame, and lets {joiner} make the passkey there.",
        "A ceremony inside another page is refused.",
        "ceremony-refused",
    ),
    "late_by_a_second": Misuse(
        "{joiner}'s code comes a second after its time.",
        "Whoever swept or did not sweep: a pass that is over is over.",
        "not-a-step",
    ),
    "pending_key_at_sign_in": Misuse(
        "{joiner} signs in with the passkey at once.",
        "It is registered but pending until somebody has met {joiner}: it opens nothing.",
        "not-found",
    ),
    "enrolled_again": Misuse(
        "A caller tells the service desk that {joiner} needs a first key, quickly.",
        "An account that holds a key gets no first key: adding, replacing and recovering have rules of their own.",
        "account-holds-credential",
    ),
    "approval_for_another": Misuse(
        "{approver}'s signature under another case is sent for {joiner}'s.",
        "A signature names its case, and counts for no other.",
        "act-not-for-this",
    ),
    "approval_taken_back": Misuse(
        "{second_approver} takes the approval back; {joiner}'s device asks for the pass all the same.",
        "The ground is checked every time: the quorum is gone, so nothing is issued.",
        "approval-missing",
    ),
    "policy_weakened": Misuse(
        "{requester} proposes a laxer policy under {joiner}'s open case, and agrees to it herself.",
        "What weakens anything takes a second administrator and 24 hours; a case keeps the stricter policy.",
        "own-duty",
    ),
    "native_pass_left": Misuse(
        "The destination keeps the pass of its own that it said was gone; {joiner}'s next case asks for a pass.",
        "Until that pass is read back as gone the account gets no new one, though the case was closed.",
        "native-pass-stands",
    ),
    "leaver_in_ceremony": Misuse(
        "{joiner} left the company this minute, and finishes the registration.",
        "What a source of record says acts on open cases in the same transaction: the case closed as left.",
        "case-over",
    ),
    "mover_to_privileged": Misuse(
        "{joiner} became treasurer meanwhile; the case of the smaller account goes on.",
        "A case never outlives what it was approved for: it closed when the account became privileged.",
        "case-over",
    ),
    "prohibited_path": Misuse(
        "{requester} asks for an emergency key for {joiner}'s privileged account.",
        "The policy prohibits it, and says what there is instead. The refusal is on record.",
        "path-prohibited",
    ),
    "case_changed_after_approval": Misuse(
        "The claim is released to another device, and the old approval is sent for what the case is now.",
        "Whoever approved, approved that device: any other change is a new revision.",
        "act-not-for-this",
    ),
    "second_case": Misuse(
        "{requester} opens a second case for the same account beside it.",
        "One open case an account and purpose, so one pass.",
        "slot-taken",
    ),
    "fourth_pass": Misuse(
        "{joiner} asks for a fourth pass, after three that ran out.",
        "Three passes a case; then people look at it again.",
        "case-over",
    ),
    "guessed_code": Misuse(
        "A third wrong code comes from {joiner}'s own device.",
        "Three tries a case, over all its passes: the last one burns the pass and closes the case.",
        "code-wrong",
    ),
}
"""By id, in the order in which they are tried."""
