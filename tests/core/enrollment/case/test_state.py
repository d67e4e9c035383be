"""The deciding state: what it waits for, what it holds, and that it is a value."""

import pytest
from msgspec import Struct
from msgspec.structs import replace

from firstkey.enrollment.case import state
from firstkey.enrollment.case.state import (
    Approval,
    Case,
    Held,
    Hold,
    Holdings,
    Native,
    NeverOpened,
    Window,
    claim_waits_for_anchor,
    known,
    stage_of,
    without_lapsed_window,
)
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Closure, CredentialState, NativeState, PassState, Stage
from firstkey.policy.model import Anchor, Bootstrap, Purpose, Requirements, Tier
from firstkey.values.errors import Defect
from tests.core.enrollment.turns import PENDING, alter, case_at, part
from tests.core.enrollment.world import (
    ATTENDED_PATH,
    OWN_KEY_PATH,
    PASS_PATH,
    PRESENCE_PATH,
    RELAYABLE_PATH,
    REPLACEMENT_PATH,
    SHIPPED_PATH,
    START,
    World,
)

STAGES = [stage for stage in Stage if stage not in {Stage.UNOPENED, Stage.HELD, Stage.REFUSED}]
NATIVE = Native("native-1", "directory", NativeState.MINTED, START)
HOLD = Hold("notice", None)
OPEN_WINDOW = Window(ends_at=START)


@pytest.mark.parametrize("stage", STAGES)
def test_a_case_is_a_hashable_value(stage: Stage) -> None:
    """Two honest cases at one stage are equal and hash alike, and none can be changed in place."""
    case = case_at(stage)
    assert case == case_at(stage)
    assert hash(case) == hash(case_at(stage))
    with pytest.raises(AttributeError):
        case.revision = 2  # type: ignore[misc]  # that it is frozen is what is tested


def test_every_part_of_the_state_is_a_value() -> None:
    """The state and all its parts are frozen."""
    kinds = [kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Struct)]
    assert {Case, Held, Holdings, NeverOpened, Window} < set(kinds)
    assert all(kind.__struct_config__.frozen for kind in kinds)


def test_what_is_unopened_or_refused_has_its_stage() -> None:
    """Before its first fact there is no case; a refused request never becomes one."""
    assert stage_of(None) is Stage.UNOPENED
    assert stage_of(NeverOpened("case-1")) is Stage.REFUSED


@pytest.mark.parametrize("state", PassState)
def test_three_states_of_a_pass_are_live(state: PassState) -> None:
    """A pass is live while issued, armed or redeemed, and is then the case's live pass."""
    case = part(World().up_to(Stage.DELIVERY), "pass_", state=state).state
    live = state.value in {"issued", "armed", "redeemed"}
    assert case.pass_ is not None
    assert case.pass_.live is live
    assert case.live_pass == (case.pass_ if live else None)


def test_without_a_pass_none_is_live() -> None:
    """A case that never had a pass has no live one."""
    assert case_at(Stage.ISSUANCE).live_pass is None


@pytest.mark.parametrize("state", [None, *NativeState])
def test_a_native_pass_stands_until_it_is_reaped(state: NativeState | None) -> None:
    """A native pass stands while minted or used; one that was reaped, or never was, does not."""
    native = None if state is None else replace(NATIVE, state=state)
    standing = state in {NativeState.MINTED, NativeState.USED}
    assert alter(World().up_to(Stage.REGISTRATION), native=native).state.native_standing is standing


@pytest.mark.parametrize("bootstrap", Bootstrap)
def test_the_bootstrap_says_what_is_needed(bootstrap: Bootstrap) -> None:
    """Proofing is needed but for own_key; a pass is needed for pass alone."""
    case = replace(case_at(Stage.PROOFING), requirements=replace(PASS_PATH, bootstrap=bootstrap))
    assert case.proofing_needed is (bootstrap is not Bootstrap.OWN_KEY)
    assert case.pass_needed is (bootstrap is Bootstrap.PASS)


def test_a_part_that_the_table_promises_is_there() -> None:
    """`known` gives the part; a fact about a part that is not there is a defect."""
    assert known(0) == 0
    with pytest.raises(Defect):
        known(None)


NONE_NEEDED = frozenset({None, Anchor.PRESENCE, Anchor.CLIENT_CERTIFICATE})
BOTH = replace(PASS_PATH, anchors=frozenset({Anchor.PRESENCE, Anchor.CLIENT_CERTIFICATE}))
EITHER = replace(PASS_PATH, anchors=frozenset({Anchor.AUTHENTICATOR, Anchor.CLIENT_CERTIFICATE}))


@pytest.mark.parametrize(
    ("requirements", "enough"),
    [
        (PASS_PATH, {Anchor.CLIENT_CERTIFICATE}),
        (PRESENCE_PATH, {Anchor.PRESENCE}),
        (BOTH, {Anchor.PRESENCE, Anchor.CLIENT_CERTIFICATE}),
        (RELAYABLE_PATH, NONE_NEEDED),
        (SHIPPED_PATH, NONE_NEEDED),
        (EITHER, NONE_NEEDED),
        (ATTENDED_PATH, NONE_NEEDED),
        (OWN_KEY_PATH, NONE_NEEDED),
    ],
)
@pytest.mark.parametrize("anchor", [None, Anchor.PRESENCE, Anchor.CLIENT_CERTIFICATE])
def test_a_pass_path_with_an_anchor_waits_for_it(
    requirements: Requirements, enough: set[Anchor | None], anchor: Anchor | None
) -> None:
    """Only a pass path with an anchor that can be given before registration waits for one of its own anchors."""
    case = replace(case_at(Stage.ISSUANCE), requirements=requirements)
    claimed = replace(case, claim=replace(known(case.claim), anchor=anchor))
    assert claim_waits_for_anchor(claimed) is (anchor not in enough)
    assert claim_waits_for_anchor(replace(case, claim=None)) is (None not in enough)


def attended() -> Case:
    """Return an attended case with its window open."""
    return case_at(Stage.REGISTRATION, ATTENDED_PATH)


@pytest.mark.parametrize(
    ("case", "lapses"),
    [
        (attended(), False),
        (replace(attended(), proofing=None), True),
        (replace(attended(), approvals=()), True),
        (replace(attended(), claim=None), True),
        (case_at(Stage.REGISTRATION, OWN_KEY_PATH, Purpose.ADD_KEY), False),
        (replace(case_at(Stage.REGISTRATION, OWN_KEY_PATH, Purpose.ADD_KEY), claim=None), True),
        (replace(case_at(Stage.REGISTRATION, REPLACEMENT_PATH, Purpose.REPLACEMENT), approvals=()), True),
        (replace(case_at(Stage.REGISTRATION), approvals=()), False),
        (replace(case_at(Stage.REGISTRATION), proofing=None), False),
    ],
)
def test_a_window_without_a_pass_lapses_with_what_came_before(case: Case, lapses: bool) -> None:
    """What attendance or assertion opened is void without the whole chain before it; a pass has an end of its own."""
    assert case.window is not None
    assert without_lapsed_window(case) == (replace(case, window=None) if lapses else case)


APPROVED_TWICE = (Approval(By("anna", "statement-2"), START), Approval(By("arno", "statement-9"), START))


@pytest.mark.parametrize(
    ("case", "stage"),
    [
        # an early stage is what the chain lacks first
        (case_at(Stage.PROOFING), Stage.PROOFING),
        (replace(case_at(Stage.ISSUANCE), proofing=None), Stage.PROOFING),
        (case_at(Stage.APPROVAL), Stage.APPROVAL),
        (replace(case_at(Stage.ISSUANCE), approvals=()), Stage.APPROVAL),
        (replace(case_at(Stage.ISSUANCE), requirements=replace(PASS_PATH, quorum=2)), Stage.APPROVAL),
        (replace(case_at(Stage.ISSUANCE), approvals=APPROVED_TWICE), Stage.ISSUANCE),
        (case_at(Stage.CLAIM), Stage.CLAIM),
        (replace(case_at(Stage.ISSUANCE), claim=None), Stage.CLAIM),
        (replace(case_at(Stage.ISSUANCE), requirements=PRESENCE_PATH), Stage.CLAIM),
        (case_at(Stage.CLAIM, OWN_KEY_PATH, Purpose.ADD_KEY), Stage.CLAIM),
        (case_at(Stage.APPROVAL, REPLACEMENT_PATH, Purpose.REPLACEMENT), Stage.APPROVAL),
        # a whole chain waits for the pass, or for what stands in its place
        (case_at(Stage.ISSUANCE), Stage.ISSUANCE),
        (case_at(Stage.REDEMPTION, ATTENDED_PATH), Stage.REDEMPTION),
        (case_at(Stage.REDEMPTION, OWN_KEY_PATH, Purpose.ADD_KEY), Stage.REDEMPTION),
        # what is under way comes before what is lacking
        (replace(case_at(Stage.DELIVERY), approvals=(), proofing=None, claim=None), Stage.DELIVERY),
        (replace(case_at(Stage.REDEMPTION), approvals=(), proofing=None, claim=None), Stage.REDEMPTION),
        (replace(case_at(Stage.REGISTRATION), approvals=(), proofing=None, claim=None), Stage.REGISTRATION),
        (replace(case_at(Stage.ACTIVATION), approvals=(), proofing=None, claim=None), Stage.ACTIVATION),
        # a window or a native pass is registration, a credential is activation, whatever else there is
        (replace(case_at(Stage.DELIVERY), window=OPEN_WINDOW), Stage.REGISTRATION),
        (replace(case_at(Stage.REDEMPTION), native=NATIVE), Stage.REGISTRATION),
        (replace(case_at(Stage.ISSUANCE), native=replace(NATIVE, state=NativeState.USED)), Stage.REGISTRATION),
        (replace(case_at(Stage.ISSUANCE), native=replace(NATIVE, state=NativeState.REAPED)), Stage.ISSUANCE),
        (replace(case_at(Stage.REGISTRATION), credential=PENDING, native=NATIVE), Stage.ACTIVATION),
        # a hold stops all of it, and the end ends it
        (replace(case_at(Stage.PROOFING), hold=HOLD), Stage.HELD),
        (replace(case_at(Stage.ACTIVATION), hold=HOLD), Stage.HELD),
        (replace(case_at(Stage.PROOFING), closed=Closure.WITHDRAWN), Stage.CLOSED),
        (replace(case_at(Stage.ACTIVATION), hold=HOLD, closed=Closure.EXPIRED), Stage.CLOSED),
    ],
)
def test_a_case_has_one_stage(case: Case, stage: Stage) -> None:
    """A case waits for one thing: the end, a hold, what is under way, and then what its chain lacks first."""
    assert stage_of(case) is stage


@pytest.mark.parametrize("state", [PassState.SPENT, PassState.REVOKED, PassState.EXPIRED, PassState.BURNED])
def test_a_dead_pass_is_no_stage(state: PassState) -> None:
    """After its pass has died, a case waits for issuance again."""
    assert stage_of(part(World().up_to(Stage.REDEMPTION), "pass_", state=state).state) is Stage.ISSUANCE


HELD = Held("key-1", "case-1", Purpose.FIRST_KEY, Tier.STANDARD, CredentialState.ACTIVE, None, False, PASS_PATH)


@pytest.mark.parametrize(
    ("held", "may"),
    [
        *((replace(HELD, state=state), state is CredentialState.ACTIVE) for state in CredentialState),
        *((replace(HELD, purpose=purpose), purpose is not Purpose.EMERGENCY) for purpose in Purpose),
        (replace(HELD, relayable=True), False),
    ],
)
def test_who_may_vouch(held: Held, may: bool) -> None:
    """Only an active credential, neither loan, emergency nor relayable, may authorise the next."""
    assert held.may_vouch is may


def test_holdings_are_found_by_credential() -> None:
    """An account's credential is found by its id, and no other."""
    other = replace(HELD, credential="key-2")
    holdings = Holdings((HELD, other))
    assert [holdings.find(name) for name in ("key-1", "key-2", "key-3")] == [HELD, other, None]
    assert hash(holdings) == hash(Holdings((HELD, other)))
