"""APR-02: one person approves through a second account, or a quorum counts rows instead of people."""

from pathlib import Path

import pytest

from firstkey.demo.people import Desk, done
from firstkey.values.errors import Refused
from tests.attacks.siege import Siege, besieged, told


def test_one_person_counts_once(siege: Siege) -> None:
    """Two sessions, two signatures, one person: where two must approve there is one approval, and no pass."""
    live = siege.open("contractor")
    siege.claim(live)
    siege.proof(live)
    siege.anchor(live)
    anna = siege.cast.approver
    again = Desk(siege.address, "Anna elsewhere", anna.operator.authenticator)
    again.person = anna.person
    again.sign_in()
    for desk in (anna, again):
        siege.consent(live, desk)
    assert siege.shown(live)["approvals"] == [anna.person]
    assert told(live.joiner.post("/pass", live.handle)) == (409, "approval-missing")


def test_a_person_has_no_second_account_to_approve_with(siege: Siege) -> None:
    """A list that gives an operator another account is refused, and so is one that gives it to a double of theirs."""
    desk = siege.enlist("requester", "approver")
    person = siege.recorded(desk.person)
    second = siege.changed(person, account=f"{person.account}-admin")
    double = siege.changed(person, person=f"{person.person}-b")
    with siege.nothing_changes():
        for wrong in (second, double):
            with pytest.raises(Refused):
                siege.record_by_two(wrong)
    joiner = siege.hire()
    live = siege.live(done(siege.ask(joiner, desk=desk), "open"), joiner)
    siege.proof(live)
    with siege.nothing_changes():
        assert told(siege.consent(live, desk)) == (409, "duties-conflict")


def test_a_founder_is_the_person_whom_hr_knows(tmp_path: Path) -> None:
    """Once two administrators have said who a founder is, the founder approves nothing of their own HR account."""
    with besieged(tmp_path) as site:
        anna, person = site.cast.approver, site.hire()
        signed = [
            desk.sign("identify_founder", names=(anna.person, person.person))
            for desk in (site.cast.requester, site.cast.proofer)
        ]
        asked = {"founder": anna.person, "person": person.person, "signed": signed}
        done(site.cast.requester.post("/api/founders/identify", asked), "identify")
        anna.person = person.person
        anna.sign_in()
        live = site.live(done(site.ask(person, "emergency"), "open"), person)
        site.proof(live, proofed_at=site.server.clock.now)
        with site.nothing_changes():
            assert told(site.consent(live, anna)) == (409, "joiner-holds-no-duty")


def test_an_account_without_a_person_holds_nothing(siege: Siege) -> None:
    """A duty goes to somebody on record who holds a key; a name that nobody knows, or a joiner, gets none."""
    nobody, joiner = Desk(siege.address, "nobody", siege.maker.authenticator()), siege.completed().joiner
    nobody.person = "p-nobody"
    with siege.nothing_changes():
        assert told(siege.grant(nobody, "approver")).status in (404, 409)
        nobody.person = joiner.person
        assert told(siege.grant(nobody, "approver")) == (409, "no-operator")
