"""What operators do to a case: each act their own, its evidence kept with what it made, or nothing at all."""

from firstkey.actions import approval, proofing, request
from firstkey.ports.kinds import DocumentKind
from firstkey.values.assurance import ProofingMethod
from tests.actions.looking import documents, entries, refusal, suspend
from tests.actions.site_world import SiteWorld, done


def opened() -> SiteWorld:
    """A case that waits for proofing."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    return world


def test_an_act_is_the_senders_own() -> None:
    """What another signed cannot be sent in one's own session; in theirs it counts."""
    world = opened()
    world.proof()
    signed = world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))
    sending = approval.give_approval(world.site, world.operators["cora"], world.case, request.ActOnCase(signed))
    assert refusal(sending) == "statement-unknown"
    world.approve()
    assert world.shown.approvals == (world.people["anna"].person,)


def test_an_act_is_for_its_case_and_revision() -> None:
    """Signed for one case it does nothing to another."""
    world = opened()
    first, signed = world.case, world.sign_on_case("anna", "hold_case")
    world.record_joiner(person="p-200", account="dir:200")
    world.open(account="dir:200")
    holding = request.hold_case(world.site, world.operators["anna"], world.case, request.ActOnCase(signed))
    assert refusal(holding) == "act-not-for-this"
    assert not world.shown.held
    world.case = first
    fresh = request.ActOnCase(world.sign_on_case("anna", "hold_case"))
    assert done(request.hold_case(world.site, world.operators["anna"], world.case, fresh)).stage == "held"


def test_a_refused_act_leaves_no_evidence() -> None:
    """Evidence and fact commit together, or neither does."""
    world = opened()
    kept, before = set(documents(world, DocumentKind.ACT_EVIDENCE)), entries(world)
    signed = world.sign_on_case("paul", "record_proofing", "another")
    asked = proofing.ProofingToRecord(ProofingMethod.DOCUMENT_IN_PERSON, 2, "0" * 64, world.clock.now(), signed)
    recording = proofing.record_proofing(world.site, world.operators["paul"], world.case, asked)
    assert refusal(recording) == "act-not-for-this"
    assert (set(documents(world, DocumentKind.ACT_EVIDENCE)), entries(world)) == (kept, before)
    world.proof()
    assert len(documents(world, DocumentKind.ACT_EVIDENCE)) == len(kept) + 1


def test_a_key_out_of_use_signs_nothing() -> None:
    """A session may still be remembered somewhere; the act of a suspended key is refused when it is about to count."""
    world = opened()
    world.proof()
    signed = world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))
    suspend(world, world.people["anna"])
    giving = approval.give_approval(world.site, world.operators["anna"], world.case, request.ActOnCase(signed))
    assert refusal(giving) == "key-out-of-use"
    assert world.shown.approvals == ()


def test_two_sign_what_takes_two() -> None:
    """Both signatures are their own people's, and the sender is one of them."""
    world = opened()
    done(
        request.hold_case(
            world.site,
            world.operators["anna"],
            world.case,
            request.ActOnCase(world.sign_on_case("anna", "hold_case")),
        )
    )

    def lift(sender: str, *names: str) -> str:
        signed = tuple(world.sign_on_case(name, "lift_hold") for name in names)
        return refusal(request.lift_hold(world.site, world.operators[sender], world.case, request.ActOfTwo(signed)))

    assert lift("cora") == "statement-unknown"
    assert lift("cora", "cora") == "people-too-few"
    assert lift("cora", "anna", "paul") == "statement-unknown"
    both = request.ActOfTwo(tuple(world.sign_on_case(name, "lift_hold") for name in ("cora", "paul")))
    assert done(request.lift_hold(world.site, world.operators["cora"], world.case, both)).stage == "proofing"
