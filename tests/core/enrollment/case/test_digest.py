"""The case digest: what approvers sign, field by field."""

import hashlib
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.digest import device_of, digest_of, digest_to_sign
from firstkey.enrollment.case.state import Approval, Case, Hold, Signed, known
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Stage
from firstkey.policy.model import KeyTerms, Purpose, Requirements, Tier, Trust
from firstkey.values import canonical
from tests.core.enrollment.turns import case_at
from tests.core.enrollment.world import ATTENDED_PATH, PASS_PATH, START, World

CASE = case_at(Stage.ISSUANCE)


def test_the_digest_is_of_the_canonical_list() -> None:
    """The digest is SHA-256, in hex, of the canonical list that the design names, in its order."""
    content = [
        "firstkey-case-v1",
        "site-1",
        "case-1",
        1,
        "commitment-1",
        1,
        "first_key",
        "managed_device",
        "policy-1",
        msgspec.to_builtins(PASS_PATH, order="deterministic"),
        [2, "evidence-1"],
        "device-1",
        CASE.expires_at,
    ]
    assert digest_of(CASE) == hashlib.sha256(canonical.encode(content)).hexdigest()


def changed(**fields: Any) -> Case:
    """Return the case with fields changed."""
    return replace(CASE, **fields)


@pytest.mark.parametrize(
    "other",
    [
        changed(site="site-2"),
        changed(case="case-2"),
        changed(revision=2),
        changed(account_commitment="commitment-2"),
        changed(incarnation=2),
        changed(purpose=Purpose.EMERGENCY),
        changed(path="remote_hire"),
        changed(policy="policy-2"),
        changed(requirements=replace(PASS_PATH, destinations=("local", "directory"))),
        changed(proofing=None),
        changed(proofing=replace(known(CASE.proofing), level=3)),
        changed(proofing=replace(known(CASE.proofing), evidence="evidence-2")),
        changed(claim=None),
        changed(claim=replace(known(CASE.claim), device_key="device-2")),
        changed(expires_at=CASE.expires_at - 1),
    ],
)
def test_what_approvers_consent_to_is_in_the_digest(other: Case) -> None:
    """Any change of what the digest names gives another digest."""
    assert digest_of(other) != digest_of(CASE)


@pytest.mark.parametrize(
    "name", [field.name for field in msgspec.structs.fields(Requirements) if field.name not in {"key", "bootstrap"}]
)
def test_every_requirement_is_in_the_digest(name: str) -> None:
    """No requirement can change under the approvers' signatures."""
    value = getattr(PASS_PATH, name)
    others: dict[type, Any] = {
        bool: not value,
        int: 7,
        frozenset: frozenset(),
        tuple: (),
        type(None): 7,
        Tier: Tier.LOW,
    }
    other = "in_person" if name == "channel" else others[type(value)]
    if other == value:
        other = frozenset({"different_units"})
    assert digest_of(changed(requirements=replace(PASS_PATH, **{name: other}))) != digest_of(CASE)


def test_bootstrap_and_key_terms_are_in_the_digest() -> None:
    """How the joiner gets in, and what the key must be, are consented to as well."""
    weak = KeyTerms(False, False, Trust.NONE, frozenset(), frozenset())
    for requirements in (ATTENDED_PATH, replace(PASS_PATH, key=weak)):
        assert digest_of(changed(requirements=requirements)) != digest_of(CASE)


@pytest.mark.parametrize(
    "other",
    [
        changed(handle_digest="handle-2"),
        changed(duties=frozenset()),
        changed(approvals=(Approval(By("anna", "statement-9"), START),)),
        changed(tries_failed=2, passes_issued=2, first_pass_at=START, adverse_at=START),
        changed(hold=Hold("notice", None)),
        changed(claim=replace(known(CASE.claim), anchor=None, sealing_key="sealing-2", claim="claim-2")),
        changed(proofing=replace(known(CASE.proofing), counts_from=START - 1, by=By("pia", "statement-9"))),
    ],
)
def test_what_happens_to_a_case_is_not_in_the_digest(other: Case) -> None:
    """Facts that approvers do not consent to leave the digest alone."""
    assert digest_of(other) == digest_of(CASE)


def test_the_device_is_any_before_a_claim() -> None:
    """Before a claim the digest names `any`; afterwards the claiming device's key."""
    assert device_of(changed(claim=None)) == "any"
    assert device_of(CASE) == "device-1"


def test_without_proofing_the_digest_says_so() -> None:
    """A case that needs no proofing is signed with level 0 and no evidence."""
    bare = changed(proofing=None)
    level_0 = replace(known(CASE.proofing), level=0, evidence="")
    assert digest_of(bare) == digest_of(changed(proofing=level_0))


def test_the_first_approval_fixes_what_is_signed() -> None:
    """Before the first approval today's digest is signed; afterwards the one that it fixed, whatever moves."""
    world = World().up_to(Stage.APPROVAL)
    unsigned = world.state
    assert digest_to_sign(unsigned) == digest_of(unsigned)
    world.approve()
    signed = digest_of(unsigned)
    assert world.state.signed == Signed(digest=signed, device="any", level=2)
    world.claim()
    world.proof(commitment="evidence-2")
    assert digest_to_sign(world.state) == signed != digest_of(world.state)
