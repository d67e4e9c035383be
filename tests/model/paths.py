"""The cases of the bounds: what each asks for, under which requirements, and how far it may go."""

from typing import Any

import msgspec
from msgspec.structs import replace

from firstkey.enrollment.case.surroundings import Evidence, Made
from firstkey.enrollment.case.words import Cause
from firstkey.policy.model import (
    Anchor,
    Bootstrap,
    Channel,
    KeyTerms,
    Purpose,
    Requirements,
    Tier,
    Trust,
)
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, HOUR
from tests.core.enrollment.world import PASS_PATH
from tests.model.people import ANNA, ARNO, CORA, JANE, JOAN, JOINER, MONA, PAUL, PEOPLE, RITA

DEVICES = ("device 1", "device 2")


class CaseBound(msgspec.Struct, frozen=True):
    """What one case of a bound is, and how far it may go.

    Attributes:
        name, case, account, person, purpose, position: see `CaseOpened`.
        requirements: of its path.
        people: who tries everything.
        openers: (requester, delegator) who open it. lost: (credential, cause) named then.
        purposes: when given, the case is asked for with each of them, amiss or not.
        opens: how the account stands when the case may be opened.
        evidence: kinds that are offered, by name; `proofed_at` and `relation_since` are ages, not instants.
        made: answers of an authenticator that are offered, by name. own_keys: credentials asserted as the account's.
        devices: who claims, or comes as a rival.
        delegations: (delegate, delegator) who approve.
        handover: destinations that make the credential themselves.
        passes, revisions: how many are offered; the core's own maxima hold all the same.
        shorter_by_ms: by how much a revision shortens the case.
        without, only: names of commands that are not offered; of those that are, when any is named.
    """

    name: str
    requirements: Requirements
    case: str = "case"
    account: str = "account"
    person: str = JOINER
    purpose: Purpose = Purpose.FIRST_KEY
    position: int = 0
    people: tuple[str, ...] = PEOPLE
    openers: tuple[tuple[str | None, str | None], ...] = ((RITA, None),)
    lost: tuple[tuple[str | None, Cause | None], ...] = ((None, None),)
    purposes: tuple[Purpose, ...] = ()
    opens: tuple[str, ...] = ("stands", "left")
    evidence: tuple[tuple[str, Evidence], ...] = ()
    made: tuple[tuple[str, Made], ...] = ()
    own_keys: tuple[str, ...] = ("held", "lost", "unknown")
    devices: tuple[str, ...] = DEVICES
    delegations: tuple[tuple[str, str], ...] = ()
    handover: frozenset[str] = frozenset()
    passes: int = 1
    revisions: int = 1
    shorter_by_ms: tuple[int, ...] = ()
    without: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()


KEY = KeyTerms(
    user_verification=True,
    device_bound=True,
    trust=Trust.ANCHORED,
    formats=frozenset({"packed"}),
    algorithms=frozenset({-7}),
    roaming=True,
    aaguids=frozenset({"model"}),
)
PASS = replace(PASS_PATH, methods=frozenset({ProofingMethod.DOCUMENT_IN_PERSON}), tries=2, ceremonies=2, key=KEY)
ATTENDED = replace(PASS, bootstrap=Bootstrap.ATTENDED, anchors=frozenset({Anchor.PRESENCE}))
OWN_KEY = replace(PASS, bootstrap=Bootstrap.OWN_KEY, anchors=frozenset(), methods=frozenset(), level=0, quorum=0)
IN_PERSON = replace(PASS, anchors=frozenset({Anchor.PRESENCE}), channel=Channel.IN_PERSON)
TWO_METHODS = PASS.methods | {ProofingMethod.DOCUMENT_CHIP_IN_PERSON}

DOCUMENT = Evidence(method=ProofingMethod.DOCUMENT_IN_PERSON, level=2, commitment="evidence", proofed_at=0)
CHIP = replace(DOCUMENT, method=ProofingMethod.DOCUMENT_CHIP_IN_PERSON, level=3, commitment="chip evidence")
ONE_KIND, TWO_KINDS = (("document", DOCUMENT),), (("document", DOCUMENT), ("chip", CHIP))

GOOD = Made(
    ceremony="",
    credential="credential",
    public_key_digest="public key",
    aaguid="model",
    maker="maker",
    fmt="packed",
    algorithm=-7,
    trust=Trust.ANCHORED,
    user_verified=True,
    backup_eligible=False,
    roaming=True,
)
_ANSWER = (("good", GOOD),)


def of(name: str, requirements: Requirements, **more: Any) -> CaseBound:
    """Return a case with the usual evidence and answer, and one pass."""
    return CaseBound(**{"name": name, "requirements": requirements, "evidence": ONE_KIND, "made": _ANSWER, **more})


MANAGED = of("managed device", PASS, passes=2)
PRESENCE = of("in person", IN_PERSON)
RELAYABLE = of("relayable", replace(PASS, anchors=frozenset(), tier=Tier.LOW))
SHIPPED = of(
    "shipped authenticator",
    replace(PASS, anchors=frozenset({Anchor.AUTHENTICATOR}), cooling_off_ms=HOUR),
    made=(("shipped", replace(GOOD, serial="asset")), ("another", replace(GOOD, serial="another"))),
)
ATTENDANCE = of(
    "attended",
    ATTENDED,
    made=(("good", replace(GOOD, serial="a serial")), ("of another serial", replace(GOOD, serial="another"))),
)
EMERGENCY = of(
    "emergency",
    replace(ATTENDED, after_review=True, credential_lifetime_ms=24 * HOUR, methods=TWO_METHODS),
    purpose=Purpose.EMERGENCY,
    evidence=TWO_KINDS,
    revisions=2,
)
ADD_KEY = of("own key", OWN_KEY, purpose=Purpose.ADD_KEY, evidence=(), revisions=2, shorter_by_ms=(0,))
REPLACEMENT = of(
    "replacement",
    replace(OWN_KEY, quorum=1),
    purpose=Purpose.REPLACEMENT,
    lost=(("lost", Cause.LOST),),
    evidence=(),
)
RECOVERY = of("recovery", PASS, purpose=Purpose.RECOVERY, lost=(("lost", Cause.LOST), ("lost", Cause.STOLEN)), passes=3)
_STRAY = replace(GOOD, credential="another credential", public_key_digest="another public key")
HANDOVER = of(
    "handover",
    replace(PASS, destinations=("tenant",)),
    handover=frozenset({"tenant"}),
    made=(("good", GOOD), ("another", _STRAY)),
)
HANDOVER_ATTENDED = of("attended handover", replace(ATTENDED, destinations=("tenant",)), handover=frozenset({"tenant"}))
QUORUM = of(
    "quorum of two",
    replace(ATTENDED, quorum=2),
    people=(*PEOPLE, ARNO),
    delegations=((ARNO, ANNA), (ARNO, PAUL)),
)

STRAIGHT = frozenset(
    "ReleaseClaim ReplaceClaim ReviseCase HoldCase LiftHold ReportFraud RefuseRival DenyApproval".split()
)
"""Detours that single cases take to the end; two cases at once go without."""

HOLDS_AND_RIVALS = frozenset({"HoldCase", "LiftHold", "ReportFraud", "RefuseRival"})
REVISED = of(
    "revised by weaker evidence",
    replace(PASS, methods=TWO_METHODS, tries=1, ceremonies=1),
    people=(*PEOPLE, ARNO),
    evidence=TWO_KINDS,
    revisions=2,
    without=HOLDS_AND_RIVALS | {"ReplaceClaim"},
)
NOWHERE = of("goes nowhere", replace(ATTENDED, destinations=()), without=STRAIGHT)

_VOUCH = Evidence(ProofingMethod.LIVE_VOUCH, 2, "vouch", 0, voucher_level=2, relation_since=20 * DAY)
_EARLIER = Evidence(
    ProofingMethod.EARLIER_PROOFING, 3, "earlier", 300 * DAY, None, ProofingMethod.LIVE_VOUCH, 2, 20 * DAY
)
EVIDENCE = of(
    "evidence",
    replace(PASS, methods=frozenset(ProofingMethod) - {ProofingMethod.STRONG_SESSION}),
    evidence=(
        *TWO_KINDS,
        ("document of long ago", replace(DOCUMENT, proofed_at=73 * HOUR)),
        ("document of tomorrow", replace(DOCUMENT, proofed_at=-1)),
        ("document said to reach 3", replace(DOCUMENT, level=3)),
        ("weak document", replace(DOCUMENT, level=1)),
        ("strong session", replace(DOCUMENT, method=ProofingMethod.STRONG_SESSION)),
        ("vendor check", replace(DOCUMENT, method=ProofingMethod.VENDOR_CHECK, vendor="vendor")),
        ("document by a vendor", replace(DOCUMENT, vendor="vendor")),
        ("video call", Evidence(ProofingMethod.VIDEO_CALL, 2, "video", 0, vendor="vendor")),
        ("vouch", _VOUCH),
        ("vouch of a new manager", replace(_VOUCH, relation_since=DAY)),
        ("vouch of an unproofed manager", replace(_VOUCH, voucher_level=1)),
        ("earlier proofing", _EARLIER),
        ("earlier proofing alone", replace(_EARLIER, companion=None)),
        ("earlier proofing of very long ago", replace(_EARLIER, proofed_at=366 * DAY)),
    ),
    people=(*PEOPLE, MONA),
    only=frozenset({"RecordProofing", "WithdrawProofing", "WithdrawCase"}),
)
REVISIONS = of(
    "revisions",
    PASS,
    openers=((None, None), (JOINER, None), (RITA, None)),
    revisions=99,
    shorter_by_ms=(0, 29 * DAY),
    only=frozenset({"ReviseCase", "WithdrawCase"}),
)
OPENINGS = of(
    "openings",
    PASS,
    purposes=tuple(Purpose),
    openers=((None, None), (JOINER, None), (RITA, None), (PAUL, None), (RITA, PAUL), (PAUL, RITA)),
    lost=((None, None), ("key 0", Cause.LOST), ("key 0", Cause.STOLEN), ("key 0", None), ("unknown", Cause.LOST)),
    only=frozenset({"WithdrawCase"}),
)

_SHORT = replace(PASS, tries=1, ceremonies=1)
FIRST = of("first key", _SHORT, case="case 1", opens=("stands",), without=STRAIGHT)
AGAIN = replace(FIRST, name="first key again", case="case 2", opens=("rehired",))
LOAN = of("loan", _SHORT, case="case 2", purpose=Purpose.EMERGENCY, without=STRAIGHT)
LOST = of(
    "recovery",
    ATTENDED,
    case="case 1",
    purpose=Purpose.RECOVERY,
    lost=(("held", Cause.STOLEN), ("held", Cause.LOST)),
    without=STRAIGHT,
)
SPARE = of("spare", OWN_KEY, case="case 2", purpose=Purpose.ADD_KEY, evidence=(), without=STRAIGHT)


def _custodian(position: int, *makers: str) -> CaseBound:
    answer = replace(GOOD, credential=f"credential {position}", public_key_digest=f"public key {position}")
    return of(
        f"break-glass {position}",
        replace(ATTENDED, ceremonies=1),
        case=f"case {position}",
        purpose=Purpose.BREAK_GLASS,
        position=position,
        openers=((JOINER, None),),
        people=(JOINER, PAUL, ARNO, CORA),
        made=tuple((f"made by {maker}", replace(answer, maker=maker)) for maker in makers),
        without=STRAIGHT,
    )


CUSTODIANS = (_custodian(1, "maker"), _custodian(2, "maker", "another maker", ""))
_SHARED = (JOAN, JANE, MONA, ARNO, CORA)
ONE_OF_TWO = of("joan's", _SHORT, case="case 1", account="account 1", person=JOAN, people=_SHARED, without=STRAIGHT)
OTHER_OF_TWO = of(
    "jane's",
    ATTENDED,
    case="case 2",
    account="account 2",
    person=JANE,
    people=_SHARED,
    without=STRAIGHT | {"WithdrawProofing", "WithdrawApproval"},
)
