"""The one door to a case's stream: load, look around, decide, append; all in the appending transaction.

Whatever asks (a page, a sweep, the terminal) comes through `Casework.decide`. Nothing else appends facts of a case or
of an account's credentials, takes or frees their slots, or destroys a verifier.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from firstkey.actions.acts import Evidence, keep_evidence, statements_of, verified_again
from firstkey.actions.counters import KeyCopied, check_counter
from firstkey.actions.crew import Crew, as_known, crew_of, may_see, plays_parts
from firstkey.actions.destinations import check_destinations
from firstkey.actions.effects import FOR_GOOD, effects_of
from firstkey.actions.people import PersonRecord, find_person, person_of_account
from firstkey.actions.projection import joiner_of, told_row
from firstkey.actions.provenance import end_provenance, record_provenance
from firstkey.actions.reasons import ActionReason
from firstkey.actions.rulings import NOTHING_BEFORE, policy_in_force, ruling_of
from firstkey.actions.scopes import subject_of_case
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Site
from firstkey.actions.site_stream import new_fact, settled, site_state
from firstkey.actions.streams import (
    CaseState,
    account_stream,
    before_of,
    case_stream,
    cases_of,
    every_case,
    partner_of,
    read_case,
    read_holdings,
)
from firstkey.actions.velocity import count_act
from firstkey.ceremonies.statements import ActVerdict
from firstkey.enrollment.activation import (
    HoldingsCommand,
    SuspendCredential,
    SweepHoldings,
    decide_holdings,
)
from firstkey.enrollment.case.ending import is_here, is_over
from firstkey.enrollment.case.facts import CredentialRestored
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.slots import open_case_key
from firstkey.enrollment.case.state import Case, Held, Holdings
from firstkey.enrollment.case.surroundings import Surroundings, Vouching
from firstkey.enrollment.case.words import Cause, Covered, CredentialState, PassState, Stage
from firstkey.enrollment.closure import Sweep
from firstkey.enrollment.lifecycle.decide import Decision, decide
from firstkey.enrollment.request import OpenCase
from firstkey.ledger.entry import Activity
from firstkey.policy.model import Tier
from firstkey.ports.fact_store import Slot, SlotTaken, Transaction, answer_async
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import CaseIndex
from firstkey.values.errors import Refused

Answer = TypeVar("Answer")


RESTING = (Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION, Stage.ACTIVATION)
"""Stages in which a pass, a window or a pending credential rests on what people have signed."""


class Casework:
    """Work on cases in one transaction.

    Args:
        site: the site.
        tx: the transaction.
    """

    def __init__(self, site: Site, tx: Transaction) -> None:
        self.site = site
        self.tx = tx

    def read(self, case: str) -> CaseState:
        """Return a case as it is."""
        return read_case(self.site, self.tx, case).state

    def is_over(self, state: Case) -> bool:
        """Whether the case's pass has outlived its time or its epoch, though nobody has written it down yet."""
        pass_ = state.live_pass
        if pass_ is None:
            return False
        late = pass_.ends_at is not None and self.tx.now >= pass_.ends_at
        return late or pass_.epoch != site_state(self.site, self.tx).state.epoch

    def decide(self, case: str, command: Command, *, statements: frozenset[str] = frozenset(), **seen: Any) -> Decision:
        """Decide a command on a case and append what has happened.

        Args:
            case: the case's id.
            command: what is asked.
            statements: signed just now, their evidence kept in this transaction, verified again like all others.
            seen: surroundings that only the caller knows (`rival_codes_compared`).

        Returns:
            The decision; its refusal, if it has one, is to be told after the commit.

        Raises:
            Refused: a rule says no, or a slot is taken; nothing has happened.
        """
        return self._write_down(case, self._decide(case, command, statements, seen))

    def decide_either(self, case: str, command: Command, holds: Callable[[], bool], otherwise: Command) -> Decision:
        """Decide a command whose last condition is looked at only once everything else says yes.

        Args:
            case: the case's id.
            command: what is asked, if the condition holds.
            holds: looks at the condition.
            otherwise: what is asked if it does not.

        Raises:
            Refused: as `decide`; where `command` is refused, nobody has looked.
        """
        decided = self._decide(case, command, frozenset(), {})
        return self._write_down(case, decided if holds() else self._decide(case, otherwise, frozenset(), {}))

    def _write_down(self, case: str, decided: tuple[Decision, int, PersonRecord]) -> Decision:
        decision, number, person = decided
        if decision.facts:
            before = self.read(case)
            self._append(case, number, before, decision)
            for following in decision.account:
                self.decide_holdings(person, following)
            self.project(case)
        return decision

    def joiner_of(self, state: Case) -> PersonRecord:
        """Return the record of a case's joiner, at its account."""
        return joiner_of(self.tx, state)

    def project(self, case: str) -> None:
        """Store the case's row in the queues as facts and the joiner's record now have it."""
        row = told_row(self.site, self.tx, case)
        if row is not None:
            self.tx.project(row)

    def usable(self, person: str, credential: str) -> Held | None:
        """Return a credential of any account of somebody who has not left, if it is active and not over."""
        tx, record = self.tx, find_person(self.tx, person)
        if record is None or not is_here(record.standing, tx.now):
            return None
        found = (read_holdings(self.site, tx, account).state.find(credential) for account in record.every_account)
        held = next((each for each in found if each is not None), None)
        active = held is not None and held.state is CredentialState.ACTIVE and not is_over(held.ends_at, tx.now)
        return held if active else None

    def is_usable(self, person: str, credential: str) -> bool:
        """Whether somebody who has not left holds a credential that is active and not over."""
        return self.usable(person, credential) is not None

    def accept(self, verdict: ActVerdict, evidence: Evidence, *, as_holder: bool = False) -> None:
        """Keep the evidence of an act that is about to count, and count it.

        Args:
            verdict: what was signed.
            evidence: how.
            as_holder: it says that its signer holds the key, and fills no duty.

        Raises:
            Refused: KeyOutOfUse; the key that signed is suspended, recalled or over, or its holder has left.
                KeyTierTooLow; whoever holds a duty acts by a key of the privileged tier. VelocityReached.
            KeyCopied; the counter went back, and `run` suspends the key.
        """
        held, standing = self.usable(verdict.person, verdict.credential_id), site_state(self.site, self.tx).state
        if held is None:
            raise Refused(ActionReason.KeyOutOfUse)
        if not as_holder:
            on_duty = verdict.on_behalf_of is not None or standing.grants_of(verdict.person, self.tx.now)
            if on_duty and held.tier < Tier.PRIVILEGED:
                raise Refused(ActionReason.KeyTierTooLow)
            count_act(self.tx, standing, verdict.person, verdict.act)
        check_counter(self.tx, evidence.credential, verdict.assertion, verdict.made_at, verdict.person)
        keep_evidence(self.tx, verdict, evidence)

    def check_sees(self, who: str, case: str, *, as_joiner: bool = False) -> Case:
        """Return a case to somebody who may see it: by a duty in scope, a relation, or a part played in it before.

        Args:
            who: the person.
            case: the case's id.
            as_joiner: what is asked is open to the joiner too.

        Raises:
            Refused: NotFound, whatever is wrong.
        """
        tx, standing = self.tx, site_state(self.site, self.tx).state
        state = as_known(self.read(case), standing)
        if not isinstance(state, Case):
            raise Refused(ActionReason.NotFound)
        joiner = self.joiner_of(state)
        took_part = any(person == who for _, person in state.duties) or (as_joiner and who == state.person)
        if not took_part and not may_see(tx, standing, who, joiner, subject_of_case(joiner, state), tx.now):
            raise Refused(ActionReason.NotFound)
        return state

    def rehearse(self, case: str, command: Command) -> None:
        """Refuse what `decide` would refuse now; nothing happens.

        Raises:
            Refused: as `decide`.
        """
        self._decide(case, command, frozenset(), {})

    def _decide(
        self, case: str, command: Command, statements: frozenset[str], seen: dict[str, Any]
    ) -> tuple[Decision, int, PersonRecord]:
        tx = self.tx
        standing = settled(self.site, tx)
        number, found = read_case(self.site, tx, case)
        state = as_known(found, standing)
        person = self._person(state, command)
        if isinstance(command, OpenCase):
            key = open_case_key(person.account, command.purpose, command.position)
            self._let_go_of(SlotKind.OPEN_CASE, key, case)
        crew = crew_of(tx, person, standing, state, command, tx.now)
        around = self._around(case, number, state, person, crew, statements)
        before = before_of(self.site, tx, person, command) if isinstance(command, OpenCase) else NOTHING_BEFORE
        people = crew.people if isinstance(command, OpenCase) else ()
        ruling = ruling_of(tx, policy_in_force(tx, standing, tx.now), state, command, person, people, before)
        if isinstance(command, OpenCase):
            check_destinations(self.site, ruling.requirements, command.purpose)
        decision = decide(state, msgspec.structs.replace(around, **seen), command, ruling, tx.now)
        return decision, number, person

    def decide_holdings(
        self, person: PersonRecord, command: HoldingsCommand, statements: frozenset[str] = frozenset()
    ) -> None:
        """Decide a command on an account's credentials and append what has happened.

        Args:
            person: whose account it is, at that account.
            command: what is asked.
            statements: signed for it, their evidence kept in this transaction.
        """
        standing = site_state(self.site, self.tx).state
        number, holdings = read_holdings(self.site, self.tx, person.account)
        verified = verified_again(self.site, self.tx, statements)
        around = Surroundings(person.standing, standing.epoch, standing.eligible, verified=verified)
        facts = decide_holdings(holdings, around, command, self.tx.now)
        if facts:
            new = [new_fact(fact, Activity.ENROLLMENT) for fact in facts]
            self.tx.append(account_stream(person.account), number, new)
            self._push(holdings, facts)
        for fact in facts:
            if isinstance(fact, CredentialRestored):  # two people vouch for it: its counter begins anew
                self.tx.delete_document(DocumentKind.COUNTER, fact.credential)

    def _push(self, holdings: Holdings, happened: tuple[Any, ...]) -> None:
        """Want at the destinations what has happened to credentials that stand there."""
        for fact in happened:
            held = holdings.find(fact.credential)
            state = None if held is None else self.read(held.case)
            if held is not None and isinstance(state, Case):
                for item in effects_of(state, (fact,)):
                    self.tx.enqueue(item)
                self.project(held.case)
            if type(fact) in FOR_GOOD:
                end_provenance(self.tx, fact.credential)

    def suspend_copied(self, copied: KeyCopied) -> None:
        """Take a key out of use of which there are two."""
        record = find_person(self.tx, copied.person)
        command = SuspendCredential(credential=copied.credential, cause=Cause.MISUSED)
        for account in () if record is None else record.every_account:
            held = read_holdings(self.site, self.tx, account).state.find(copied.credential)
            if record is not None and held is not None and held.state is CredentialState.ACTIVE:
                self.decide_holdings(record.at_account(account), command)

    def look_again(self, person: PersonRecord) -> None:
        """Write down what a changed record has made true of a person's credentials and open cases."""
        for account in person.every_account:
            self.decide_holdings(person.at_account(account), SweepHoldings())
        standing = site_state(self.site, self.tx).state
        for row in tuple(cases_of(self.site, self.tx, person.person)):
            case = row.case.removeprefix("case/")
            if row.stage != Stage.CLOSED:
                self.decide(case, Sweep())
            self.project(case)
        if not is_here(person.standing, self.tx.now) and plays_parts(self.tx, standing, person.person):
            self.look_at_parts(person.person)

    def look_at_parts(self, person: str) -> None:
        """Write down what somebody's leaving, or the loss of a duty, has made true of cases that they had a part in.

        Where nothing rests on them yet, the ground is asked when something is to.
        """
        resting = [row for stage in RESTING for row in every_case(self.tx, CaseIndex.STAGE, stage.value)]
        for row in resting:
            case = row.case.removeprefix("case/")
            state = self.read(case)
            if isinstance(state, Case) and person in {who for _, who in state.duties}:
                self.decide(case, Sweep())

    def _person(self, state: CaseState, command: Command) -> PersonRecord:
        if isinstance(state, Case):
            return joiner_of(self.tx, state)
        account = command.account if isinstance(command, OpenCase) else ""
        return person_of_account(self.tx, account)

    def _around(  # everything a decision may know, in one place
        self,
        case: str,
        number: int,
        state: CaseState,
        person: PersonRecord,
        crew: Crew,
        statements: frozenset[str],
    ) -> Surroundings:
        tx, account = self.tx, person.account
        holdings = read_holdings(self.site, tx, account).state
        known = statements_of(state) if isinstance(state, Case) else frozenset()
        return Surroundings(
            account=person.standing,
            epoch=site_state(self.site, tx).state.epoch,
            eligible=crew.eligible,
            affiliations=frozenset(record.affiliation for record in crew.records),
            verified=verified_again(self.site, tx, known | statements),
            live_pass_elsewhere=self._let_go_of(SlotKind.LIVE_PASS, account, case),
            native_elsewhere=self._held_elsewhere(SlotKind.NATIVE_PASS, account, case),
            keys=frozenset(held.credential for held in holdings.held if not is_over(held.ends_at, tx.now)),
            vouching=frozenset(Vouching(h.credential, h.tier, h.ends_at) for h in holdings.held if h.may_vouch),
            asset=person.asset_at(tx.now),
            handover=self.site.handover,
            covered=self._covered(case, number),
            partner=partner_of(self.site, tx, state),
            clock_doubtful=tx.clock_doubtful,
        )

    def _covered(self, case: str, number: int) -> Covered:
        index = self.tx.ledger_index(case_stream(case), number) if number else None
        return Covered.NO if index is None or index >= self.tx.checkpoint_size else Covered.SIGNED

    def _held_elsewhere(self, kind: SlotKind, key: str, case: str) -> bool:
        return self.tx.holder(Slot(kind, key)) not in (None, case_stream(case))

    def _let_go_of(self, kind: SlotKind, key: str, case: str) -> bool:
        """Whether another case holds a slot, after what is due there has been written down."""
        if not self._held_elsewhere(kind, key, case):
            return False
        holder = self.tx.holder(Slot(kind, key))
        self.decide(str(holder).removeprefix("case/"), Sweep())
        return self._held_elsewhere(kind, key, case)

    def _append(self, case: str, number: int, before: CaseState, decision: Decision) -> None:
        tx, stream, after = self.tx, case_stream(case), decision.case
        tx.append(stream, number, [new_fact(fact, Activity.ENROLLMENT) for fact in decision.facts])
        for kind, key in decision.frees:
            tx.free(Slot(SlotKind(kind), key), stream)
        for kind, key in decision.takes:
            slot = Slot(SlotKind(kind), key)
            if slot.kind is SlotKind.DEVICE_KEY and tx.holder(slot) == stream:
                continue  # a device that was let go comes back to the same case
            try:
                tx.take(slot, stream)
            except SlotTaken as error:
                raise Refused(error.reason, slot.kind.value) from error  # by whom is not the caller's to know
        if decision.not_after is not None:
            tx.not_after(decision.not_after)
        if isinstance(after, Case):
            for item in effects_of(after, decision.facts):
                tx.enqueue(item)
            record_provenance(tx, after)
            self._forget_code(before, after)

    def _forget_code(self, before: CaseState, after: Case) -> None:
        """Destroy the verifier in the transaction in which the code is spent or dies."""
        was = before.pass_ if isinstance(before, Case) else None
        is_armed = after.pass_ is not None and after.pass_.state is PassState.ARMED
        if was is not None and was.state is PassState.ARMED and not is_armed:
            self.tx.destroy_verifier(was.pass_id)
            self.tx.delete_document(DocumentKind.SEALED_CODE, was.pass_id)


async def run(site: Site, work: Callable[[Casework], Answer]) -> Answer:
    """Carry out work on cases in one transaction and wait for its commit."""
    try:
        return await answer_async(site.store.execute(lambda tx: work(Casework(site, tx))), ANSWER_WITHIN_SECONDS)
    except KeyCopied as error:
        copied = error  # what the work did is undone; what it found out is written down
    suspending = site.store.execute(lambda tx: Casework(site, tx).suspend_copied(copied))
    await answer_async(suspending, ANSWER_WITHIN_SECONDS)
    raise copied


def tell(decision: Decision) -> CaseState:
    """Return the case after a decision that is durable now.

    Raises:
        Refused: the decision recorded a no.
    """
    if decision.refusal is not None:
        raise Refused(decision.refusal)
    return decision.case
