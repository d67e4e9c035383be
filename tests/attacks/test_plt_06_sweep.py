"""PLT-06: cases that cannot activate now do not keep others from activating."""

import contextlib
import os

import msgspec
import pytest

from firstkey.actions import proofing, sweeping
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.storage.memory import MemoryRows
from firstkey.values.assurance import ProofingMethod
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done


def bring_to_activation(world: SiteWorld, number: int, approver: str) -> None:
    """Bring a joiner's case, proofed by its requester, to its pending credential."""
    world.record_joiner(person=f"p-{number}", account=f"dir:{number}")
    world.device, world.authenticator = JoinerDevice(now=world.clock.now), Authenticator(world.traits, world.attester)
    world.open(account=f"dir:{number}")
    evidence = sha256_hex(os.urandom(16))
    signed = world.sign_on_case("rita", "record_proofing", evidence)
    asked = proofing.ProofingToRecord(ProofingMethod.DOCUMENT_IN_PERSON, 2, evidence, world.clock.now(), signed)
    done(proofing.record_proofing(world.site, world.operators["rita"], world.case, asked))
    world.approve(approver)
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.register()


def tamper(world: SiteWorld, kind: DocumentKind, prefix: str) -> None:
    """Spoil rows past the server."""

    def spoil(rows: MemoryRows) -> None:
        documents = rows.tables["documents"]
        for key in [key for key in documents if key[0] == kind and key[1].startswith(prefix)]:
            documents[key] = (b"spoilt", 0)

    world.store.look(spoil).result()


def test_a_broken_case_keeps_no_other_waiting() -> None:
    """A row that cannot be read stops its own case alone, whether or not it is told after the others."""
    world = SiteWorld()
    bring_to_activation(world, 1, "anna")
    world.clock.instant += 1000
    bring_to_activation(world, 2, "anna")
    tamper(world, DocumentKind.PERSON, "person:p-1")
    with contextlib.suppress(Refused, msgspec.DecodeError):
        world.sweep()
    assert world.shown.closed is Closure.COMPLETED


def test_spoilt_evidence_is_no_evidence() -> None:
    """On an act whose kept evidence cannot be read no key activates, and the sweep goes on."""
    world = SiteWorld()
    bring_to_activation(world, 1, "anna")
    tamper(world, DocumentKind.ACT_EVIDENCE, "")
    world.sweep()
    assert world.shown.credential_state in (CredentialState.PENDING, CredentialState.SUSPENDED)


def test_a_case_that_is_ready_is_not_behind_those_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for one case at once, one whose approver has left does not stop a ready one that is due after it."""
    monkeypatch.setattr(sweeping, "SWEPT_AT_ONCE_MAX", 1)
    world = SiteWorld()
    bring_to_activation(world, 1, "anna")
    anna = world.people["anna"].person
    world.record_joiner(also="paul", person=anna, account=f"local:{anna}", facts={}, active=False)
    world.clock.instant += 1000
    bring_to_activation(world, 2, "paul")
    sweeper = sweeping.Sweeper(world.site)
    for _ in range(3):
        done(sweeper.sweep())
    assert world.shown.closed is Closure.COMPLETED
