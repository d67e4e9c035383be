"""Signed acts: spent whatever becomes of them, and verified again by their evidence whenever something rests on it."""

from collections.abc import Callable

import msgspec
import pytest

from firstkey.actions import acts, approval, delivery, founding, request, sign_in
from firstkey.actions.acts import Evidence, SignedStatement, verified_again
from firstkey.actions.devices import Handle
from firstkey.actions.site import Stranger
from firstkey.enrollment.case.words import PassState
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.alter import SIGNATURE
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Malformed
from firstkey.values.instants import MINUTE
from tests.actions.looking import documents, facts, plant, refusal, remove, scribble
from tests.actions.site_world import SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A case that waits for approval."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.proof()
    return world


def approve(world: SiteWorld, signed: SignedStatement, name: str = "anna") -> str:
    """Send an approval that is refused; return why."""
    asked = request.ActOnCase(signed)
    return refusal(approval.give_approval(world.site, world.operators[name], world.case, asked))


def sound(world: SiteWorld) -> SignedStatement:
    """Return Anna's sound approval."""
    return world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))


def altered(world: SiteWorld) -> SignedStatement:
    """Return one whose signature does not verify."""
    asked = acts.StatementAsked("give_approval", world.case, 1, (world.shown.digest,))
    to_sign = done(acts.ask_statement(world.site, world.operators["anna"], asked))
    person = world.people["anna"]
    statement = unb64u(to_sign.statement)
    assertion = person.sign_act(statement, to_sign.options, act="give_approval", case=world.case, alter=SIGNATURE)
    return SignedStatement(to_sign.digest, assertion)


MISUSED: list[tuple[Callable[[SiteWorld], SignedStatement], str, str]] = [
    (lambda world: world.sign_on_case("anna", "give_approval"), "anna", "digest-differs"),
    (lambda world: world.sign_on_case("anna", "hold_case"), "anna", "act-not-for-this"),
    (sound, "paul", "statement-unknown"),
    (altered, "anna", "assertion-signature-wrong"),
]


@pytest.mark.parametrize(("made", "sender", "reason"), MISUSED, ids=["digest", "act", "sender", "signature"])
def test_a_statement_is_spent_whatever_the_outcome(
    world: SiteWorld, made: Callable[[SiteWorld], SignedStatement], sender: str, reason: str
) -> None:
    """Refused for whatever reason, it is spent all the same, and counts for nothing; a fresh one counts."""
    signed = made(world)
    assert approve(world, signed, sender) == reason
    assert approve(world, signed) == "statement-spent"
    assert "ApprovalGiven" not in facts(world)
    world.approve()
    assert "ApprovalGiven" in facts(world)


def test_an_answer_that_cannot_be_read_spends_the_statement_too(world: SiteWorld) -> None:
    """Nobody can try one statement with many answers."""
    signed = sound(world)
    with pytest.raises(Malformed):
        done(
            approval.give_approval(
                world.site,
                world.operators["anna"],
                world.case,
                request.ActOnCase(SignedStatement(signed.digest, {"id": 1})),
            )
        )
    assert approve(world, signed) == "statement-spent"


def test_a_statement_that_counted_is_spent(world: SiteWorld) -> None:
    """What was accepted is not accepted again."""
    signed = sound(world)
    done(approval.give_approval(world.site, world.operators["anna"], world.case, request.ActOnCase(signed)))
    assert approve(world, signed) == "statement-spent"
    assert facts(world).count("ApprovalGiven") == 1


def test_a_statement_that_was_never_asked_for_is_unknown(world: SiteWorld) -> None:
    """A digest that the site has not given leads nowhere."""
    assert approve(world, SignedStatement("0" * 64, {})) == "statement-unknown"


def test_a_statement_is_over_after_two_minutes(world: SiteWorld) -> None:
    """Signed in time and sent too late, it is refused and spent."""
    signed = sound(world)
    world.clock.instant += 2 * MINUTE
    assert approve(world, signed) == "statement-not-fresh"
    world.approve()


def test_a_sign_in_is_no_act(world: SiteWorld) -> None:
    """A sign-in statement, signed by its own purpose, is no consent to anything."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    assertion = world.people["anna"].sign_in(unb64u(begun.statement), begun.options)
    assert approve(world, SignedStatement(begun.digest, assertion)) == "statement-purpose-wrong"


def test_a_statement_names_the_person_of_the_session(world: SiteWorld) -> None:
    """Nobody can have a statement made that another is to sign."""
    asked = acts.StatementAsked("give_approval", world.case, 1)
    to_sign = done(acts.ask_statement(world.site, world.operators["paul"], asked))
    named = msgspec.json.decode(unb64u(to_sign.statement))
    assert named["person"] == world.people["paul"].person
    assert named["site"] == world.site.settings.site


def edited(evidence: Evidence, other: Evidence) -> Evidence:
    """The statement says something else."""
    return msgspec.structs.replace(evidence, statement=other.statement)


def signed_by_another(evidence: Evidence, other: Evidence) -> Evidence:
    """Another's signature stands in its place."""
    return msgspec.structs.replace(evidence, assertion=other.assertion)


def other_key(evidence: Evidence, other: Evidence) -> Evidence:
    """The key is exchanged for another."""
    return msgspec.structs.replace(evidence, credential=other.credential)


def other_holder(evidence: Evidence, other: Evidence) -> Evidence:
    """The key is said to be somebody else's."""
    holder = other.credential.holder
    return msgspec.structs.replace(evidence, credential=msgspec.structs.replace(evidence.credential, holder=holder))


def exchanged(_: Evidence, other: Evidence) -> Evidence:
    """Sound evidence, but of another act."""
    return other


TAMPERED = [edited, signed_by_another, other_key, other_holder, exchanged]


def evidence_of(world: SiteWorld) -> dict[str, Evidence]:
    """Return what is kept of acts, by the act's name."""
    kept = documents(world, DocumentKind.ACT_EVIDENCE).values()
    evidence = [msgspec.json.decode(body, type=Evidence) for body in kept]
    return {msgspec.json.decode(unb64u(each.statement))["act"]: each for each in evidence}


def digest_of(world: SiteWorld, act: str) -> str:
    """Return the statement's digest of an act that was kept."""
    kept = documents(world, DocumentKind.ACT_EVIDENCE).items()
    return next(key for key, body in kept if f'"{act}"'.encode() in unb64u(msgspec.json.decode(body)["statement"]))


@pytest.mark.parametrize("tamper", TAMPERED)
@pytest.mark.parametrize("act", ["give_approval", "record_proofing", "anchor_claim"])
def test_evidence_that_was_tampered_with_no_longer_counts(
    world: SiteWorld, tamper: Callable[[Evidence, Evidence], Evidence], act: str
) -> None:
    """Untouched evidence of every act carries the pass; any change of it, and the pass is not issued."""
    world.approve()
    world.claim()
    world.visit()
    key, kept = digest_of(world, act), evidence_of(world)
    body = documents(world, DocumentKind.ACT_EVIDENCE)[key]
    other = next(each for each in kept.values() if each.credential.holder != kept[act].credential.holder)
    plant(world, DocumentKind.ACT_EVIDENCE, key, msgspec.json.encode(tamper(kept[act], other), order="deterministic"))
    refused = refusal(delivery.get_pass(world.site, world.by(), Handle(world.handle)))
    assert refused == "assertion-unverified"
    plant(world, DocumentKind.ACT_EVIDENCE, key, body)
    assert world.get_pass()


@pytest.mark.parametrize(
    "kind",
    [
        DocumentKind.ACT_EVIDENCE,
        DocumentKind.PERSON,
        DocumentKind.POLICY,
        DocumentKind.CLAIM_KEY,
    ],
)
def test_without_the_key_of_facts_nothing_is_changed_unseen(world: SiteWorld, kind: DocumentKind) -> None:
    """A bit turned in any document that a pass rests on stops it; turned back, the pass is issued."""
    world.approve()
    world.claim()
    world.visit()
    keys = list(documents(world, kind))
    for key in keys:
        scribble(world, kind, key)
    assert refusal(delivery.get_pass(world.site, world.by(), Handle(world.handle))) == "chain-broken"
    for key in keys:
        scribble(world, kind, key)
    assert world.get_pass()


def test_evidence_that_is_gone_kills_a_live_pass(world: SiteWorld) -> None:
    """An armed pass dies in the append that learns that an approval cannot be verified again."""
    world.approve()
    world.claim()
    world.visit()
    world.get_pass()
    remove(world, DocumentKind.ACT_EVIDENCE, digest_of(world, "give_approval"))
    states = [world.shown.pass_state]
    world.claim_status()
    assert [*states, world.shown.pass_state] == [PassState.ARMED, PassState.REVOKED]


def test_only_what_verifies_is_verified_again(world: SiteWorld) -> None:
    """Of known, unknown and foreign statements the sound one alone comes back."""
    world.approve()
    digest = digest_of(world, "give_approval")
    asked = (digest, "0" * 64)
    found = world.store.read(lambda reader: verified_again(world.site, reader, asked)).result()
    assert found == {digest}
    elsewhere = msgspec.structs.replace(
        world.site, settings=msgspec.structs.replace(world.site.settings, site="site-2")
    )
    assert world.store.read(lambda reader: verified_again(elsewhere, reader, asked)).result() == frozenset()


def test_evidence_is_kept_of_what_counted_alone(world: SiteWorld) -> None:
    """A refused act leaves no evidence that could be counted later."""
    before = set(documents(world, DocumentKind.ACT_EVIDENCE))
    approve(world, world.sign_on_case("anna", "give_approval"))
    assert set(documents(world, DocumentKind.ACT_EVIDENCE)) == before
    assert len(evidence_of(world)) >= 3
    assert founding.FOUND_SITE in evidence_of(world)


def test_evidence_verifies_by_the_bytes_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing remembered of what was judged when it came, every act of a case still counts."""
    world = SiteWorld()
    code = world.armed()
    monkeypatch.setattr(acts, "_verified", {})
    assert world.redeem(code).pass_state is PassState.REDEEMED
    assert set(acts._verified.values()) == {True}


def test_what_is_remembered_of_evidence_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the maximum what was worked out is let go, and is worked out again."""
    monkeypatch.setattr(acts, "VERIFIED_KEPT_MAX", 2)
    monkeypatch.setattr(acts, "_verified", {})
    world = SiteWorld()
    code = world.armed()
    assert len(acts._verified) <= 2
    assert world.redeem(code).pass_state is PassState.REDEEMED
