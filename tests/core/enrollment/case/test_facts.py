"""Facts: read back as they were written, in one byte form, and readable by whoever comes later."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.facts import FACTS, Fact, decode_fact, encode_fact, shared
from firstkey.enrollment.case.state import NeverOpened, Pass
from firstkey.enrollment.case.surroundings import By, Made
from firstkey.policy.model import Channel, KeyTerms, Requirements
from firstkey.values import canonical
from firstkey.values.canonical import CanonicalReason
from firstkey.values.errors import Malformed
from tests.core.enrollment.case.samples import facts_of, filled
from tests.core.enrollment.world import KEY, PASS_PATH

ANY_FACT = st.sampled_from(FACTS).flatmap(facts_of)

FIRST_FORM = """
CaseOpened            at site case account account_commitment incarnation person purpose path policy requirements
                      handle_digest expires_at | requester delegator privileged position lost_credential lost_cause
CaseRefused           at site case account purpose policy path reason
CaseRevised           at revision expires_at | person
CaseHeld              at source | by
HoldLifted            at by
ProofingRecorded      at method level evidence proofed_at | by companion
ProofingWithdrawn     at by for_cause
ApprovalGiven         at digest by
ApprovalDenied        at by
ApprovalWithdrawn     at by for_cause
DeviceClaimed         at claim device_key sealing_key | by
ClaimAnchored         at claim anchor | asset start_code by
ClaimReleased         at claim handle_digest | by
RivalRefused          at claim rival_key
PassIssued            at pass_id number channel epoch
PassArmed             at pass_id ends_at | by
PassRedeemed          at pass_id window_ends_at
TryFailed             at pass_id tries_failed
PassRevoked           at pass_id cause
PassExpired           at pass_id
AttendanceConfirmed   at claim window_ends_at by | serial
OwnKeyAsserted        at claim credential statement window_ends_at tier ends_at
CeremonyStarted       at ceremony challenge
CeremonyRefused       at ceremony reason
CredentialRegistered  at made tier ends_at | destination
NativePassMinted      at native destination window_ends_at
NativePassUsed        at native
NativePassReaped      at native cause | by
StrayCredentialFound  at destination credential
CredentialActivated   at credential tier ends_at
CredentialHeld        at credential case purpose tier ends_at relayable requirements
CredentialSuspended   at credential cause
CredentialRestored    at credential | by
CredentialRecalled    at credential cause
CredentialEnded       at credential cause
CaseClosed            at reason | by
ReviewRecorded        at outcome by
"""
"""The form that the first ledgers hold: fields that are always there, then those that a writer may not know yet."""


def first_form() -> dict[str, tuple[list[str], list[str]]]:
    """Return the two lists of each fact."""
    form: dict[str, tuple[list[str], list[str]]] = {}
    for line in FIRST_FORM.strip().replace("\n      ", " ").splitlines():
        always, _, later = line.partition("|")
        name, *fields = always.split()
        form[name] = (fields, later.split())
    return form


def without(fact: Fact, *names: str, **added: Any) -> bytes:
    """Return a fact's bytes with some fields left out and others put in."""
    content = canonical.decode(encode_fact(fact))
    return canonical.encode({key: value for key, value in {**content, **added}.items() if key not in names})


@pytest.mark.parametrize("kind", FACTS)
@given(data=st.data())
def test_a_fact_is_read_back_as_it_was_written(kind: type[Fact], data: st.DataObject) -> None:
    """Encoding and decoding a fact, whatever its fields hold, is the identity, and a fact is hashable."""
    fact = data.draw(facts_of(kind))
    assert decode_fact(encode_fact(fact)) == fact
    assert hash(decode_fact(encode_fact(fact))) == hash(fact)


@given(ANY_FACT)
def test_a_fact_has_one_byte_form(fact: Fact) -> None:
    """The bytes are canonical JSON with sorted keys, the fact's name under `fact`; another order is refused."""
    data = encode_fact(fact)
    pairs = list(json.loads(data).items())
    assert pairs == sorted(pairs)
    assert dict(pairs)["fact"] == fact.kind == type(fact).__name__
    assert canonical.encode(dict(pairs)) == data
    turned = json.dumps(dict(reversed(pairs)), ensure_ascii=False, separators=(",", ":")).encode()
    with pytest.raises(Malformed):
        decode_fact(turned)


def test_sets_have_one_order() -> None:
    """Equal facts have equal bytes, in whatever order their sets were filled."""
    one, other = frozenset([1, -7]), frozenset([-7, 1])
    assert one == other
    assert list(one) != list(other)  # the two share a place in the table, so the first to come stands first
    facts_ = [
        replace(filled(facts.CaseOpened), requirements=replace(PASS_PATH, key=replace(KEY, algorithms=each)))
        for each in (one, other)
    ]
    assert encode_fact(facts_[0]) == encode_fact(facts_[1])


@given(ANY_FACT)
def test_an_unknown_field_is_refused(fact: Fact) -> None:
    """A field that the reader does not know is refused, not dropped."""
    with pytest.raises(Malformed) as caught:
        decode_fact(without(fact, unheard_of=1))
    assert caught.value.reason is CanonicalReason.NotCanonical


@given(ANY_FACT)
def test_a_missing_field_is_refused(fact: Fact) -> None:
    """Each field that was there from the first is demanded, the name of the fact included."""
    for name in ("fact", *first_form()[fact.kind][0]):
        with pytest.raises(Malformed):
            decode_fact(without(fact, name))


@given(ANY_FACT)
def test_an_appended_field_may_be_absent(fact: Fact) -> None:
    """What was written before a field existed is readable: the field holds its default."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(type(fact)) if not field.required}
    for name, default in defaults.items():
        assert decode_fact(without(fact, name)) == replace(fact, **{name: default})
    assert decode_fact(without(fact, *defaults)) == replace(fact, **defaults)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b'{"at":1,"fact":"PassForgotten","pass_id":"pass-1"}',
        b'{"at":"1","fact":"PassExpired","pass_id":"pass-1"}',
        b'{"at":1,"fact":"PassExpired","pass_id":1}',
        b'{"at":1,"fact":"PassExpired","pass_id":"pass-1"} ',
        b'{"at":1,"at":1,"fact":"PassExpired","pass_id":"pass-1"}',
        b'{"at":1,"fact":"PassRevoked","cause":"weather","pass_id":"pass-1"}',
    ],
)
def test_what_is_no_fact_is_malformed(data: bytes) -> None:
    """Other JSON, an unknown fact, a field of another type or another byte form is malformed and nothing else."""
    assert decode_fact(b'{"at":1,"fact":"PassExpired","pass_id":"pass-1"}') == facts.PassExpired(at=1, pass_id="pass-1")
    with pytest.raises(Malformed):
        decode_fact(data)


def test_the_first_form_stays_readable() -> None:
    """No fact has lost or moved a field; what was appended has a default."""
    form = first_form()
    assert [kind.__name__ for kind in FACTS] == list(form)
    for kind in FACTS:
        always, later = form[kind.__name__]
        fields = msgspec.structs.fields(kind)
        assert [field.name for field in fields][: len(always + later)] == always + later
        assert [field.name for field in fields if field.required] == always


def test_every_fact_is_listed_once() -> None:
    """The list of facts holds every fact that there is, once."""
    assert len(set(FACTS)) == len(FACTS)
    assert set(FACTS) == {kind for kind in Fact.__subclasses__() if kind.__module__ == Fact.__module__}


def test_what_two_values_share_is_brought_along() -> None:
    """`shared` gives the fields that a value has in common with a type, and no other."""
    fact = facts.PassIssued(at=1, pass_id="pass-1", number=1, channel=Channel.DEVICE_SEALED, epoch=2)
    assert shared(fact, Pass) == {"pass_id": "pass-1", "number": 1, "channel": Channel.DEVICE_SEALED, "epoch": 2}
    assert shared(fact, facts.PassExpired) == {"at": 1, "pass_id": "pass-1"}
    assert shared(fact, NeverOpened) == {}


def test_facts_are_values() -> None:
    """A fact is frozen, and what it is made of is, too; unknown fields are refused in every part of it."""
    kinds: tuple[type[msgspec.Struct], ...] = (Fact, *FACTS, By, Made, Requirements, KeyTerms)
    configs = [kind.__struct_config__ for kind in kinds]
    assert all(config.frozen and config.forbid_unknown_fields for config in configs)


def test_no_fact_can_carry_a_code() -> None:
    """The code of a pass is in no field: the only codes in facts are start codes, which admit nobody."""
    kinds: tuple[type[msgspec.Struct], ...] = (*FACTS, By, Made)
    fields = {name for kind in kinds for name in kind.__struct_fields__}
    assert {name for name in fields if "code" in name or "secret" in name} == {"start_code"}
