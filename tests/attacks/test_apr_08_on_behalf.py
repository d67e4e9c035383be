"""APR-08: delegations in chains and loops launder duties."""

from typing import Any

import msgspec

from firstkey.actions.delegation import DelegationToGive, delegation_names
from firstkey.actions.scopes import Scope
from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from firstkey.values.encoding import unb64u
from firstkey.values.instants import DAY
from tests.attacks.siege import UNSIGNED, Siege, told


def give(siege: Siege, by: Desk, to: Desk, *duties: str, days: int = 7, **scope: Any) -> Answer:
    """Let another act for somebody."""
    ends_at = siege.server.clock.now + days * DAY
    asked = DelegationToGive(to.person, duties, ends_at, UNSIGNED, Scope(**scope))
    signed = by.sign("give_delegation", names=delegation_names(asked))
    body = {"delegate": to.person, "duties": duties, "ends_at": ends_at, "scope": msgspec.to_builtins(asked.scope)}
    return by.post("/api/delegations", {**body, "signed": signed})


def consent_for(siege: Siege, live: Live, by: Desk, delegator: str) -> Answer:
    """Approve on behalf of somebody."""
    shown = siege.shown(live)
    asked = {"act": "give_approval", "case": live.case, "revision": shown["revision"], "digests": [shown["digest"]]}
    begun = by.post("/api/statements", {**asked, "on_behalf_of": delegator})
    if begun.status != 200:
        return begun
    to_sign = begun.json
    assertion = by.operator.sign_act(
        unb64u(to_sign["statement"]), to_sign["options"], act="give_approval", case=live.case, on_behalf_of=delegator
    )
    return by.post(f"{live.url}/approvals", {"signed": {"digest": to_sign["digest"], "assertion": assertion}})


def proofed(siege: Siege, **more: Any) -> Live:
    """A case that waits for consent."""
    live = siege.open(**more)
    siege.proof(live)
    return live


def test_nobody_acts_for_whoever_gave_them_nothing(siege: Siege) -> None:
    """An approval in a colleague's name, without their delegation, is refused, and the colleague's name is nowhere."""
    live = proofed(siege)
    desk, colleague = siege.enlist(), siege.second
    with siege.nothing_changes():
        assert consent_for(siege, live, desk, colleague.person).status in (403, 404, 409)
    assert "ApprovalGiven" not in siege.facts(live)


def test_a_delegate_of_the_requester_does_not_approve(siege: Siege) -> None:
    """Who asked for the case cannot approve it through somebody else: both count."""
    delegate = siege.enlist()
    requester = siege.enlist("requester", "approver")
    done(give(siege, requester, delegate, "approver"), "delegation")
    person = siege.hire()
    live = siege.live(done(siege.ask(person, desk=requester), "open"), person)
    siege.proof(live)
    with siege.nothing_changes():
        assert told(consent_for(siege, live, delegate, requester.person)) == (409, "duties-conflict")
    other = proofed(siege)
    assert consent_for(siege, other, delegate, requester.person).status == 200
    by = siege.last(other)["by"]
    assert (by["person"], by["delegator"]) == (delegate.person, requester.person)


def test_there_are_no_loops_and_no_chains(siege: Siege) -> None:
    """Each for the other is refused; what is held by delegation alone is not handed on; and never to oneself."""
    first, second, third = siege.enlist("approver"), siege.enlist("approver"), siege.enlist()
    done(give(siege, first, second, "approver"), "delegation")
    with siege.nothing_changes():
        assert told(give(siege, second, first, "approver")) == (409, "delegation-cycle")
        assert told(give(siege, first, first, "approver")) == (409, "own-duty")
    done(give(siege, second, third, "approver"), "delegation")
    with siege.nothing_changes():
        assert told(give(siege, third, first, "approver")) == (409, "duty-not-held")
        assert told(give(siege, third, first, "administrator")) == (409, "duty-unknown")
        assert told(give(siege, second, third, "approver", days=91)) == (409, "delegation-too-long")
    live = proofed(siege)
    with siege.nothing_changes():
        assert consent_for(siege, live, third, first.person).status in (403, 404, 409)


def test_a_delegation_ends_with_its_delegator(siege: Siege) -> None:
    """A consent given for somebody who loses the duty no longer counts, and no other can be given."""
    delegator, delegate = siege.enlist("approver"), siege.enlist()
    done(give(siege, delegator, delegate, "approver"), "delegation")
    live = proofed(siege)
    done(consent_for(siege, live, delegate, delegator.person), "approval")
    siege.claim(live)
    siege.anchor(live)
    done(siege.withdraw_duty(delegator, "approver"), "withdraw duty")
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")
        assert consent_for(siege, live, delegate, delegator.person).status in (403, 404, 409)
    assert "PassIssued" not in siege.facts(live)


def test_two_who_speak_for_one_are_one(siege: Siege) -> None:
    """An approver and their delegate are no quorum of two."""
    delegator, delegate = siege.enlist("approver"), siege.enlist()
    done(give(siege, delegator, delegate, "approver"), "delegation")
    live = siege.open("contractor")
    siege.proof(live)
    done(siege.consent(live, delegator), "approval")
    with siege.nothing_changes():
        assert told(consent_for(siege, live, delegate, delegator.person)) == (409, "approver-already-approved")
