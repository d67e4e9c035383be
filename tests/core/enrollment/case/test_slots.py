"""Slots: what a case holds alone in the whole site, at each stage, and what a fact uses up for good."""

import msgspec
import pytest
from msgspec.structs import replace

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.facts import FACTS, Fact
from firstkey.enrollment.case.slots import FOREVER, held_slots, spent_slots
from firstkey.enrollment.case.state import Native, NeverOpened
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Closure, NativeState, PassState, Stage
from firstkey.policy.model import Anchor, Purpose
from tests.core.enrollment.case.samples import bare, filled
from tests.core.enrollment.turns import case_at
from tests.core.enrollment.world import ATTENDED_PATH, START

HANDLE = ("handle", "handle-1")
OPEN = ("open_case", "account-1:first_key")
PASS = ("live_pass", "account-1")
DEVICE = ("device_key", "device-1")
MADE = {("credential", "credential-1"), ("public_key", "key-1")}


@pytest.mark.parametrize(
    ("stage", "slots"),
    [
        (Stage.PROOFING, {HANDLE, OPEN}),
        (Stage.APPROVAL, {HANDLE, OPEN}),
        (Stage.CLAIM, {HANDLE, OPEN}),
        (Stage.ISSUANCE, {HANDLE, OPEN, DEVICE}),
        (Stage.DELIVERY, {HANDLE, OPEN, DEVICE, PASS}),
        (Stage.REDEMPTION, {HANDLE, OPEN, DEVICE, PASS}),
        (Stage.REGISTRATION, {HANDLE, OPEN, DEVICE, PASS}),
        (Stage.ACTIVATION, {HANDLE, OPEN, DEVICE, *MADE}),
        (Stage.CLOSED, {HANDLE, DEVICE, *MADE}),
    ],
)
def test_a_case_holds_what_must_be_unique(stage: Stage, slots: set[tuple[str, str]]) -> None:
    """A case holds its handle, account and purpose while open, its device key, its live pass, and what it made."""
    assert held_slots(case_at(stage)) == slots


def test_what_is_no_case_holds_nothing() -> None:
    """Before there is a case, or where there never will be one, nothing is held."""
    assert held_slots(None) == held_slots(NeverOpened("case-1")) == frozenset()


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("position", [1, 2])
def test_the_slot_of_an_open_case_names_the_purpose(purpose: Purpose, position: int) -> None:
    """An account has one open case per purpose; break-glass has two, told apart by their position."""
    case = replace(case_at(Stage.PROOFING), purpose=purpose, position=position)
    key = f"account-1:{purpose.value}" + (f":{position}" if purpose is Purpose.BREAK_GLASS else "")
    other = key.replace("account-1", "account-2")
    assert held_slots(case) == {HANDLE, ("open_case", key)}
    assert held_slots(replace(case, account="account-2")) == {HANDLE, ("open_case", other)}


@pytest.mark.parametrize("state", PassState)
def test_only_a_live_pass_holds_its_slot(state: PassState) -> None:
    """The account's place for a pass is free as soon as the pass has died."""
    case = case_at(Stage.DELIVERY)
    assert case.pass_ is not None
    assert (PASS in held_slots(replace(case, pass_=replace(case.pass_, state=state)))) is (
        state in {PassState.ISSUED, PassState.ARMED, PassState.REDEEMED}
    )


@pytest.mark.parametrize("state", NativeState)
@pytest.mark.parametrize("closed", [None, Closure.EXPIRED])
def test_a_native_pass_holds_its_slot_until_it_is_reaped(state: NativeState, closed: Closure | None) -> None:
    """A native pass that stands keeps the account's place, though the case be closed."""
    native = Native("native-1", "directory", state, START)
    case = replace(case_at(Stage.ISSUANCE), native=native, closed=closed)
    assert (("native_pass", "account-1") in held_slots(case)) is (state is not NativeState.REAPED)


def test_an_attended_case_holds_no_pass() -> None:
    """Where no pass exists none is held."""
    assert held_slots(case_at(Stage.REGISTRATION, ATTENDED_PATH)) == {HANDLE, OPEN, DEVICE}


def test_what_is_never_freed() -> None:
    """Keys, credentials, start codes and statements are used up for good; cases and passes make room."""
    assert frozenset({"credential", "public_key", "device_key", "start_code", "statement"}) == FOREVER


@pytest.mark.parametrize("kind", FACTS)
def test_a_signed_fact_spends_its_statements(kind: type[Fact]) -> None:
    """Each statement that a fact names is spent for this case, each start code for the whole site, and nothing else."""
    names = set(kind.__struct_fields__)
    spent = {("statement", "statement-1:case-1")} if names & {"statement", "by"} else set()
    spent |= {("statement", "statement-2:case-1")} if isinstance(getattr(filled(kind), "by", None), tuple) else set()
    spent |= {("start_code", "start_code-1")} if "start_code" in names else set()
    assert spent_slots("case-1", filled(kind)) == spent


@pytest.mark.parametrize("kind", FACTS)
def test_what_is_not_signed_spends_nothing(kind: type[Fact]) -> None:
    """A fact that tells no statement and no start code uses nothing up."""
    told = {field.name for field in msgspec.structs.fields(kind) if field.required}
    assert bool(spent_slots("case-1", bare(kind))) is bool(told & {"statement", "by"})


def test_an_act_is_spent_once_per_case() -> None:
    """One act may sign many cases, each once: the slot names statement and case."""
    given_ = facts.ApprovalGiven(at=START, digest="digest-1", by=By("anna", "statement-1"))
    assert spent_slots("case-1", given_) == {("statement", "statement-1:case-1")}
    assert spent_slots("case-2", given_) == {("statement", "statement-1:case-2")}
    visited = facts.ClaimAnchored(
        at=START, claim="claim-1", anchor=Anchor.PRESENCE, start_code="start-1", by=By("cora", "statement-2")
    )
    assert spent_slots("case-1", visited) == {("start_code", "start-1"), ("statement", "statement-2:case-1")}
