"""Recall by provenance: exactly what rests on something, out of use at once, red until it is read back as gone."""

import pytest
from msgspec.structs import replace

from firstkey.actions import approval, recall, recalls, redemption
from firstkey.actions.acts import SignedStatement
from firstkey.actions.delegation import DelegationToGive, delegation_names, give_delegation
from firstkey.actions.devices import Handle
from firstkey.actions.provenance import Found, Node, resting_on
from firstkey.actions.recalls import Progress, RecallReport, RecallShown
from firstkey.actions.request import ActOnCase
from firstkey.actions.streams import read_holdings
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.policy.model import Purpose
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.operator import Operator as Holder
from firstkey.values.encoding import b64u, sha256_hex, unb64u
from firstkey.values.errors import Malformed, Refused
from firstkey.values.instants import HOUR, SECOND
from tests.actions.handover_world import HandoverWorld, restore
from tests.actions.looking import entries, facts, in_casework, refusal
from tests.actions.site_world import ORIGIN, POLICY, SITE, UNSIGNED, SiteWorld, done
from tests.actions.test_founders import HR, identify


def enroll(world: SiteWorld, number: int, approver: str = "anna") -> str:
    """Another joiner gets a working key, with somebody's approval; return its id."""
    person, account = f"p-{number}", f"dir:{number}"
    world.device = JoinerDevice(now=world.clock.now)
    world.authenticator = Authenticator(world.traits, world.attester)
    world.record_joiner(person=person, account=account, user_name=person)
    world.open(account=account)
    world.proof()
    world.approve(approver)
    world.claim()
    confirmer = "paul" if approver == "cora" else "cora"
    cora = world.people["cora"], world.operators["cora"]
    world.people["cora"], world.operators["cora"] = world.people[confirmer], world.operators[confirmer]
    world.visit()
    world.people["cora"], world.operators["cora"] = cora
    world.redeem(world.get_pass())
    world.register()
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED
    credential = world.shown.credential
    assert credential is not None
    return credential


def look(world: SiteWorld, node: Node, value: str, **page: int | str) -> recalls.ProvenancePage:
    """Paul lists what rests on something."""
    asked = recalls.ProvenanceAsked(node, value, **page)  # type: ignore[arg-type]  # of one type each
    return done(recalls.show_provenance(world.site, world.operators["paul"], asked))


def found(world: SiteWorld, node: Node, value: str) -> dict[str, tuple[str, ...]]:
    """Return what rests on something, and why."""
    return {each.credential: each.why for each in look(world, node, value).credentials}


def call_back(world: SiteWorld, node: Node, value: str, *by: str) -> RecallShown:
    """Administrators recall what was listed."""
    digest = look(world, node, value).digest
    signed = tuple(world.sign(name, "recall_credentials", names=(node.value, value, digest)) for name in by)
    asked = recalls.RecallToBegin(node, value, digest, signed)
    return done(recalls.recall_credentials(world.site, world.operators[by[0]], asked))


def confirm(world: SiteWorld, shown: RecallShown, by: str) -> RecallShown:
    """A second administrator makes it final."""
    signed = world.sign(by, "confirm_recall", names=(shown.recall, shown.digest))
    asked = recalls.RecallToConfirm(signed)
    return done(recalls.confirm_recalled(world.site, world.operators[by], shown.recall, asked))


def report(world: SiteWorld, shown: RecallShown, portion: int = 0) -> RecallReport:
    """How far a portion has come."""
    asked = recalls.RecallAsked(portion)
    return done(recalls.show_recall(world.site, world.operators["paul"], shown.recall, asked))


def progress(world: SiteWorld, shown: RecallShown) -> dict[str, tuple[Progress, bool]]:
    """Return how far each credential has come, and whether it is red."""
    return {each.credential: (each.progress, each.red) for each in report(world, shown).credentials}


def person_of(world: SiteWorld, name: str) -> str:
    """Return an operator's id."""
    return world.people[name].person


def test_exactly_what_an_approver_approved_is_found_and_pulled() -> None:
    """Of four credentials two are Anna's: these are suspended, chains in the log, their sessions ended; no other."""
    world = SiteWorld()
    hers = {enroll(world, 101), enroll(world, 103)}
    mine = enroll(world, 102, "cora"), enroll(world, 104, "cora")
    session = world.sign_in(type(world.joiner)("p-104", world.joiner.site, world.joiner.origin, world.authenticator))
    anna = person_of(world, "anna")
    assert found(world, Node.PERSON, anna) == dict.fromkeys(hers, ("approver",))
    before = entries(world)
    shown = call_back(world, Node.PERSON, anna, "paul")
    assert (shown.count, shown.final) == (2, False)
    assert progress(world, shown) == dict.fromkeys(hers, (Progress.SUSPENDED, True))
    assert facts(world, f"recall/{shown.recall}") == ("RecallBegun", "CredentialNamed", "CredentialNamed")
    assert entries(world) == before + 3 + 2
    for number, account in ((101, "CredentialSuspended"), (102, "CredentialHeld"), (104, "CredentialHeld")):
        assert facts(world, f"account/dir:{number}")[-1] == account
    assert session.account == "dir:104"
    assert not set(mine) & set(progress(world, shown))


def test_a_second_administrator_makes_it_final() -> None:
    """Who began it does not confirm it; confirmed, a key that stood here alone is gone at once, and green."""
    world = SiteWorld()
    credential = enroll(world, 101)
    shown = call_back(world, Node.CREDENTIAL, credential, "paul")
    with pytest.raises(Refused) as refused:
        confirm(world, shown, "paul")
    assert refused.value.type == "people-too-few"
    assert confirm(world, shown, "cora").final
    assert progress(world, shown) == {credential: (Progress.CONFIRMED, False)}
    assert facts(world, "account/dir:101")[-2:] == ("CredentialSuspended", "CredentialRecalled")
    with pytest.raises(Refused) as refused:
        confirm(world, shown, "rita")
    assert refused.value.type == "not-a-step"


def test_two_at_once_do_both() -> None:
    """Signed by two administrators it is final in the transaction that begins it."""
    world = SiteWorld()
    credential = enroll(world, 101)
    shown = call_back(world, Node.CREDENTIAL, credential, "paul", "cora")
    assert progress(world, shown) == {credential: (Progress.CONFIRMED, False)}
    with pytest.raises(Refused) as refused:
        call_back(world, Node.CREDENTIAL, credential, "paul", "cora")
    assert refused.value.type == "not-found"


def test_it_is_red_until_the_destination_is_read_back() -> None:
    """A destination that answers and removes nothing keeps it red; read back as gone it is green."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.behave(drops=("recall", "suspend"))
    shown = call_back(world, Node.PERSON, person_of(world, "anna"), "paul")
    world.let_pass(2 * SECOND)
    seen = [progress(world, shown)[credential]]
    confirm(world, shown, "cora")
    world.let_pass(5 * SECOND)
    seen.append(progress(world, shown)[credential])
    assert world.page.opens(credential)
    world.behave()
    world.let_pass(30 * SECOND)
    seen.append(progress(world, shown)[credential])
    assert seen == [(Progress.SUSPENDED, True), (Progress.RECALLED, True), (Progress.CONFIRMED, False)]
    assert not world.page.opens(credential)


def test_suspension_reaches_the_destination_before_anything_is_final() -> None:
    """One administrator is enough for the key to open nothing there."""
    world = HandoverWorld()
    credential = world.completed_there()
    call_back(world, Node.DEVICE, world.device.device_key, "paul")
    world.work_outbox()
    assert not world.page.opens(credential)
    assert world.confirmed() == [("suspend", credential)]


def test_what_two_gave_back_is_not_made_final() -> None:
    """Restored between suspension and confirmation, a key stays, and is green as such."""
    world = SiteWorld()
    kept, gone = enroll(world, 101), enroll(world, 102)
    shown = call_back(world, Node.POLICY, sha256_hex(POLICY), "paul")
    restore(world, kept, "dir:101")
    confirm(world, shown, "cora")
    assert progress(world, shown) == {kept: (Progress.RESTORED, False), gone: (Progress.CONFIRMED, False)}


def test_every_kind_of_thing_is_found() -> None:
    """Each duty's person, evidence, device, policy, model, case, key and span of entries leads to the key, and why."""
    world = SiteWorld()
    before = entries(world)
    credential = enroll(world, 101)
    after = entries(world)
    other = enroll(world, 102, "cora")
    case = look(world, Node.CREDENTIAL, credential).credentials[0].case
    state = in_casework(world, lambda casework: casework.read(case))
    duties = {"rita": "requester", "paul": "proofer", "anna": "approver"}
    for name, duty in duties.items():
        assert duty in found(world, Node.PERSON, person_of(world, name))[credential]
    assert found(world, Node.PERSON, person_of(world, "cora"))[credential] == ("confirmer",)
    for node, value in (
        (Node.EVIDENCE, state.proofing.evidence),
        (Node.DEVICE, state.claim.device_key),
        (Node.CASE, state.case),
        (Node.ENTRIES, f"{before}-{after - 1}"),
    ):
        assert found(world, node, value) == {credential: (node.value,)}
    for node, value in ((Node.POLICY, state.policy), (Node.MODEL, state.credential.made.aaguid)):
        assert found(world, node, value) == dict.fromkeys((credential, other), (node.value,))
    assert found(world, Node.PERSON, "nobody") == {}


def test_who_acted_for_somebody_counts_and_so_does_whom_they_acted_for() -> None:
    """Approved by Dora in Anna's place: the key rests on both, each as an approver."""
    world = SiteWorld()
    world.enroll_operator("dora", 600)
    dora, anna = person_of(world, "dora"), person_of(world, "anna")
    wanted = DelegationToGive(dora, ("approver",), ends_at=world.clock.now() + HOUR, signed=UNSIGNED)
    signed = world.sign("anna", "give_delegation", names=delegation_names(wanted))
    done(give_delegation(world.site, world.operators["anna"], replace(wanted, signed=signed)))
    world.record_joiner()
    world.device = JoinerDevice(now=world.clock.now)
    world.authenticator = Authenticator(world.traits, world.attester)
    world.open()
    world.proof()
    meant = {"case": world.case, "revision": 1, "digests": (world.shown.digest,), "on_behalf_of": anna}
    consent = ActOnCase(world.sign("dora", "give_approval", **meant))
    done(approval.give_approval(world.site, world.operators["dora"], world.case, consent))
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.register()
    credential = world.shown.credential
    for person in (anna, dora):
        assert found(world, Node.PERSON, person)[str(credential)] == ("approver",)


def test_what_a_key_vouched_for_rests_on_what_the_key_rests_on() -> None:
    """A second key, added by the first, is found with it, also from the first one's approver."""
    world = SiteWorld()
    first = enroll(world, 101)
    second = add_key(world, Holder("p-101", SITE, ORIGIN, world.authenticator), "dir:101")
    assert found(world, Node.PERSON, person_of(world, "anna")) == {
        first: ("approver",),
        second: (f"vouched for by {first}",),
    }


def test_what_a_founders_key_vouched_for_rests_on_it() -> None:
    """Founders' keys rest on no case, and are not listed; a key that one of them has added is."""
    world = SiteWorld()
    anna = world.people["anna"]
    account = f"local:{anna.person}"
    first = in_casework(world, lambda work: read_holdings(world.site, work.tx, account)).state.held[0].credential
    added = add_key(world, anna, account)
    assert found(world, Node.CREDENTIAL, first) == {added: (f"vouched for by {first}",)}


def test_a_founder_does_not_confirm_under_another_name() -> None:
    """Who began a recall as a founder does not make it final as the person of record whom they are."""
    world = SiteWorld()
    credential = enroll(world, 101)
    shown = call_back(world, Node.CREDENTIAL, credential, "anna")
    world.record_joiner(person=HR, account="dir:700", unit="sales")
    identify(world)
    with pytest.raises(Refused) as refused:
        confirm(world, shown, "anna")
    assert refused.value.type == "people-too-few"
    assert confirm(world, shown, "cora").final


def add_key(world: SiteWorld, holder: Holder, account: str) -> str:
    """The holder adds a key by the one that they hold; return its id."""
    world.device = JoinerDevice(now=world.clock.now)
    world.open(Purpose.ADD_KEY, account=account)
    world.claim()
    to_sign = done(redemption.ask_own_key(world.site, world.by(), Handle(world.handle)))
    assertion = holder.sign_act(unb64u(to_sign.statement), to_sign.options, act="assert_own_key", case=world.case)
    asked = redemption.OwnKeyToAssert(world.handle, SignedStatement(to_sign.digest, assertion))
    done(redemption.assert_own_key(world.site, world.by(), asked))
    world.authenticator = Authenticator(world.traits, world.attester)
    world.register()
    world.sweep()
    credential = world.shown.credential
    assert credential is not None
    return credential


def test_a_key_that_is_pending_is_stopped_with_its_case() -> None:
    """Registered and not active yet: its case is held, and nothing activates."""
    world = SiteWorld()
    world.registered()
    credential = world.shown.credential
    assert credential is not None
    shown = call_back(world, Node.PERSON, person_of(world, "anna"), "paul")
    assert progress(world, shown) == {credential: (Progress.HELD, True)}
    world.sweep()
    assert (world.shown.held, world.shown.credential_state) == (True, CredentialState.SUSPENDED)
    confirm(world, shown, "cora")
    assert progress(world, shown) == {credential: (Progress.HELD, True)}


def test_what_is_out_of_use_for_good_is_not_listed() -> None:
    """Recalled with its withdrawn case, or ended with its holder: nothing is left to recall, whatever comes later."""
    world = SiteWorld()
    enroll(world, 101)
    world.device = JoinerDevice(now=world.clock.now)
    world.authenticator = Authenticator(world.traits, world.attester)
    world.registered()
    assert len(found(world, Node.PERSON, person_of(world, "anna"))) == 2
    world.close()
    assert len(found(world, Node.PERSON, person_of(world, "anna"))) == 1
    world.record_joiner(person="p-101", account="dir:101", user_name="p-101", active=False)
    assert found(world, Node.PERSON, person_of(world, "anna")) == {}


def test_portions_follow_one_another_from_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list is noted whole and taken a portion at a time; all are suspended before any is final."""
    monkeypatch.setattr(recall, "PORTION", 1)
    world = HandoverWorld(None)  # the small team's own policy
    keys = [enroll(world, number) for number in (101, 102, 103)]
    shown = call_back(world, Node.PERSON, person_of(world, "anna"), "paul", "cora")
    assert (shown.count, shown.portions) == (3, 3)
    states = [report(world, shown, portion).credentials[0].progress for portion in range(3)]
    assert states == [Progress.SUSPENDED, Progress.WAITING, Progress.WAITING]
    world.work_outbox()
    pages = [report(world, shown, portion) for portion in range(3)]
    assert [page.credentials[0].progress for page in pages] == [Progress.CONFIRMED] * 3
    assert {page.credentials[0].credential for page in pages} == set(keys)
    assert [page.next_portion for page in pages] == [1, 2, None]


def test_what_is_signed_is_what_was_listed() -> None:
    """A list that has grown since is listed again first; nothing has happened."""
    world = SiteWorld()
    enroll(world, 101)
    anna = person_of(world, "anna")
    digest = look(world, Node.PERSON, anna).digest
    enroll(world, 102)
    signed = (world.sign("paul", "recall_credentials", names=("person", anna, digest)),)
    before = entries(world)
    asked = recalls.RecallToBegin(Node.PERSON, anna, digest, signed)
    assert refusal(recalls.recall_credentials(world.site, world.operators["paul"], asked)) == "recall-differs"
    assert entries(world) == before


def test_lists_come_in_pages() -> None:
    """Found credentials and recalls alike; the digest is of the whole list on every page."""
    world = SiteWorld()
    keys = sorted(enroll(world, number) for number in (101, 102, 103))
    anna = person_of(world, "anna")
    first = look(world, Node.PERSON, anna, limit=2)
    assert first.after is not None
    second = look(world, Node.PERSON, anna, limit=2, after=first.after)
    assert [each.credential for each in (*first.credentials, *second.credentials)] == keys
    assert (first.count, second.after, first.digest) == (3, None, second.digest)
    begun = {call_back(world, Node.CREDENTIAL, key, "paul").recall for key in keys}
    listed, after = set(), ""
    while True:
        page = done(recalls.list_recalls(world.site, world.operators["paul"], recalls.RecallsAsked(after, 2)))
        listed |= {each.recall for each in page.recalls}
        if page.after is None:
            break
        after = page.after
    assert listed == begun


def test_nobody_else_looks_or_recalls() -> None:
    """A joiner at the console finds nothing, and what they sign recalls nothing."""
    world = SiteWorld()
    enroll(world, 101)
    joy = type(world.joiner)("p-101", world.joiner.site, world.joiner.origin, world.authenticator)
    world.people["joy"], world.operators["joy"] = joy, world.sign_in(joy)
    site, caller, anna = world.site, world.operators["joy"], person_of(world, "anna")
    assert refusal(recalls.show_provenance(site, caller, recalls.ProvenanceAsked(Node.PERSON, anna))) == "not-found"
    assert refusal(recalls.list_recalls(site, caller, recalls.RecallsAsked())) == "not-found"
    assert refusal(recalls.show_recall(site, caller, "any", recalls.RecallAsked())) == "not-found"
    digest = look(world, Node.PERSON, anna).digest
    signed = (world.sign("joy", "recall_credentials", names=("person", anna, digest)),)
    asked = recalls.RecallToBegin(Node.PERSON, anna, digest, signed)
    assert refusal(recalls.recall_credentials(site, caller, asked)) == "not-eligible"
    assert facts(world, "account/dir:101") == ("CredentialHeld",)


@pytest.mark.parametrize("span", ["", "1", "2-1", "1-x", "-1-2", "0-100000", "01-2"])
def test_a_span_is_two_numbers(span: str) -> None:
    """In order, and not without end."""
    world = SiteWorld()
    with pytest.raises(Malformed):
        look(world, Node.ENTRIES, span)


def test_a_recall_leaves_administrators() -> None:
    """Were all but one of the administrators' keys to rest on what is recalled, nobody could mend it: refused."""
    world = SiteWorld()
    enroll(world, 101)
    (row,) = in_casework(world, lambda casework: resting_on(casework.tx, Node.PERSON, person_of(world, "anna")))
    keys = [b64u(key) for person in world.people.values() for key in person.authenticator.held]
    theirs = [Found(replace(row.provenance, credential=key), ("approver",)) for key in keys]
    in_casework(world, lambda casework: recall.check_enough_administrators(casework, theirs[:2]))
    with pytest.raises(Refused) as refused:
        in_casework(world, lambda casework: recall.check_enough_administrators(casework, theirs[:3]))
    assert refused.value.type == "administrators-too-few"
