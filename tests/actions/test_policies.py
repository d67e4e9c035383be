"""Changing the policy: what strengthens holds at once, what weakens takes two people and a day."""

from typing import Any

import pytest

from firstkey.actions import policies
from firstkey.actions.policies import PolicyAct, PolicyToPropose
from firstkey.enrollment.case.words import Closure, Stage
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Malformed
from firstkey.values.instants import DAY, HOUR
from tests.actions.looking import entries, facts, policy_with, refusal
from tests.actions.site_world import POLICY, SiteWorld, done

BASE = sha256_hex(POLICY)
STRICTER = policy_with("managed_device_new", approval__quorum="2")
LAXER = policy_with("managed_device_new", tries="5")
UNCLEAR = policy_with("managed_device_new", anchors='["client_certificate"]')


@pytest.fixture
def world() -> SiteWorld:
    """A founded site with a joiner on record."""
    world = SiteWorld()
    world.record_joiner()
    return world


def proposing(world: SiteWorld, document: bytes, name: str = "rita") -> Any:
    """Propose a policy."""
    signed = world.sign(name, "propose_policy", names=(sha256_hex(document),))
    return policies.propose_policy(world.site, world.operators[name], PolicyToPropose(document.decode(), signed))


def acting(world: SiteWorld, name: str, act: str, document: bytes, against: str = BASE) -> Any:
    """Sign or withdraw a proposal."""
    digest = sha256_hex(document)
    signed = world.sign(name, act, names=(digest, against))
    action = {"sign_policy": policies.sign_policy, "withdraw_policy": policies.withdraw_policy}[act]
    return action(world.site, world.operators[name], PolicyAct(digest, against, signed))


def in_force(world: SiteWorld) -> str:
    """Return the policy in force."""
    return done(policies.show_policies(world.site, world.operators["rita"])).in_force


def test_what_only_strengthens_holds_at_once(world: SiteWorld) -> None:
    """With one administrator's act; the open case now takes two approvers, and the next one pins that."""
    world.open()
    world.proof()
    world.approve("anna")
    assert world.shown.stage is Stage.CLAIM
    answer = done(proposing(world, STRICTER))
    assert (answer.in_force, answer.proposals) == (sha256_hex(STRICTER), ())
    world.claim()
    world.visit()
    world.close()
    world.open()
    assert world.shown.quorum == 2


@pytest.mark.parametrize("document", [LAXER, UNCLEAR])
def test_what_weakens_takes_two_people_and_a_day(world: SiteWorld, document: bytes) -> None:
    """Proposed, it does not hold; signed by a second, it holds 24 hours later, to the millisecond."""
    assert done(proposing(world, document)).in_force == BASE
    assert done(policies.show_policies(world.site, world.operators["anna"])).proposals[0].weakens
    world.clock.instant += 3 * DAY
    world.sign_in_again()
    assert in_force(world) == BASE
    signed = done(acting(world, "paul", "sign_policy", document))
    assert signed.proposals[0].in_force_at == world.clock.now() + DAY
    world.clock.instant += DAY - 1
    world.sign_in_again()
    assert in_force(world) == BASE
    world.clock.instant += 1
    assert in_force(world) == sha256_hex(document)
    assert facts(world, "site")[-1] == "PolicyInForce"


def test_it_takes_effect_by_the_clock_at_its_first_use(world: SiteWorld) -> None:
    """Nobody has to look: the first case after that is opened under it, and says so."""
    done(proposing(world, LAXER))
    done(acting(world, "paul", "sign_policy", LAXER))
    world.clock.instant += DAY
    world.sign_in_again()
    world.open()
    body = world.store.read(lambda reader: reader.load(f"case/{world.case}")).result()[0].body
    assert sha256_hex(LAXER).encode() in body
    assert "PolicyInForce" in facts(world, "site")


def test_a_case_keeps_what_it_pinned(world: SiteWorld) -> None:
    """A weaker policy that comes into force under it loosens nothing: its second approver is still asked for."""
    done(proposing(world, STRICTER))
    world.open()
    world.proof()
    done(proposing(world, POLICY))
    done(acting(world, "paul", "sign_policy", POLICY, sha256_hex(STRICTER)))
    world.clock.instant += DAY
    world.sign_in_again()
    assert in_force(world) == BASE
    world.approve("anna")
    assert (world.shown.stage, world.shown.quorum) == (Stage.APPROVAL, 2)


def test_one_person_is_not_two(world: SiteWorld) -> None:
    """The proposer does not sign their own proposal, and a second signature is not asked for again."""
    done(proposing(world, LAXER))
    assert refusal(acting(world, "rita", "sign_policy", LAXER)) == "own-duty"
    done(acting(world, "paul", "sign_policy", LAXER))
    assert refusal(acting(world, "anna", "sign_policy", LAXER)) == "policy-proposed-already"


def test_a_proposal_is_withdrawn(world: SiteWorld) -> None:
    """By any administrator until its time has come; then it does not come."""
    done(proposing(world, LAXER))
    done(acting(world, "paul", "sign_policy", LAXER))
    world.clock.instant += DAY - HOUR
    world.sign_in_again()
    done(acting(world, "anna", "withdraw_policy", LAXER))
    world.clock.instant += 2 * HOUR
    world.sign_in_again()
    assert in_force(world) == BASE
    assert refusal(acting(world, "anna", "withdraw_policy", LAXER)) == "policy-not-proposed"


def test_another_policy_voids_what_was_compared_with_the_old_one(world: SiteWorld) -> None:
    """A proposal that was signed does not undo, a day later, what has come meanwhile."""
    done(proposing(world, LAXER))
    done(acting(world, "paul", "sign_policy", LAXER))
    done(proposing(world, STRICTER))
    world.clock.instant += 2 * DAY
    world.sign_in_again()
    assert in_force(world) == sha256_hex(STRICTER)


def test_what_cannot_hold_is_not_proposed(world: SiteWorld) -> None:
    """A document that lint or a floor refuses, the policy in force, one proposed already, one of other duties."""
    before = entries(world)
    with pytest.raises(Malformed):
        done(proposing(world, POLICY.replace(b"approval.quorum = 2", b"approval.quorum = 0")))
    assert refusal(proposing(world, POLICY)) == "policy-in-force-already"
    assert entries(world) == before
    done(proposing(world, LAXER))
    assert refusal(proposing(world, LAXER)) == "policy-proposed-already"
    world.enroll_operator("olga")
    world.grant("p-500", "security")
    assert refusal(proposing(world, STRICTER, "olga")) == "not-eligible"


def test_an_act_names_the_very_document(world: SiteWorld) -> None:
    """Under the signature for another document nothing is proposed."""
    signed = world.sign("rita", "propose_policy", names=(sha256_hex(LAXER),))
    asked = PolicyToPropose(STRICTER.decode(), signed)
    assert refusal(policies.propose_policy(world.site, world.operators["rita"], asked)) == "act-not-for-this"


def test_policies_are_read_by_operators(world: SiteWorld) -> None:
    """By their hash, word for word; a joiner finds nothing."""
    shown = done(policies.show_policy(world.site, world.operators["anna"], BASE))
    assert shown.document.encode() == POLICY
    assert refusal(policies.show_policy(world.site, world.operators["anna"], "0" * 64)) == "not-found"
    world.completed()
    assert world.shown.closed is Closure.COMPLETED
    assert refusal(policies.show_policies(world.site, world.sign_in_as_joiner())) == "not-found"


def test_of_two_whose_time_has_come_the_first_holds(world: SiteWorld) -> None:
    """Whichever was proposed first: the other was compared with what no longer held, though nobody looked meanwhile."""
    done(proposing(world, LAXER))
    done(proposing(world, UNCLEAR))
    done(acting(world, "paul", "sign_policy", UNCLEAR))
    world.clock.instant += HOUR
    world.sign_in_again()
    done(acting(world, "paul", "sign_policy", LAXER))
    world.clock.instant += 3 * DAY
    world.sign_in_again()
    assert in_force(world) == sha256_hex(UNCLEAR)
    world.open()
    assert in_force(world) == sha256_hex(UNCLEAR)
