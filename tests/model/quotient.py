"""Which cases are one for all that can still happen to them: the exact quotient under which a bound is explored.

Two cases are one when they differ only in what no decision reads any more, or in instants to which every question that
the core asks has the same answer at each tick of the bound. The relation is a bisimulation: from such cases the same
commands lead, by facts of the same kinds, to such cases again (which refusal is told may differ: the first of several
that apply). The explorer folds one whole stream from its first fact beside each case it keeps, and decides for cases of
one class again and again, to show that it is one.
"""

from msgspec.structs import replace

from firstkey.enrollment.case.digest import ANY_DEVICE
from firstkey.enrollment.case.limits import (
    FIRST_PASS_AFTER_APPROVAL_MS_MAX,
    LATER_PASS_AFTER_FIRST_MS_MAX,
    PRESENCE_AGE_MS_MAX,
    READ_BACK_AFTER_WINDOW_MS_MAX,
)
from firstkey.enrollment.case.state import Case, Hold, Holdings
from firstkey.enrollment.case.words import Closure
from firstkey.enrollment.lifecycle.replay import Folded
from firstkey.policy.model import Anchor, Requirements
from tests.model.paths import DEVICES


class Quotient:
    """The classes of a bound.

    Args:
        ticks: all instants that its clock can show.
        requirements: all that may be in force in it, pinned ones included: they hold limits that instants meet.
        devices_alike: no other case could hold one of the devices.
    """

    def __init__(self, ticks: tuple[int, ...], requirements: tuple[Requirements, ...], *, devices_alike: bool) -> None:
        self.devices_alike = devices_alike
        self._ticks = ticks
        self._start = ticks[0]
        self._chosen: dict[tuple[str, tuple[int, ...]], int] = {}
        self._proofing = tuple({each.proofing_age_ms_max for each in requirements})
        lifetimes = {each.credential_lifetime_ms for each in requirements}
        self._lifetimes = tuple(lifetime for lifetime in lifetimes if lifetime is not None)
        self._cooling = tuple({each.cooling_off_ms for each in requirements} - {0})  # no question at all

    def _instant(self, name: str, at: int, *limits: int) -> int:
        """Return the one instant that stands for all that answer alike to `tick < at + limit`, and to `<=`."""
        answers = tuple(
            sum(tick < at + limit for tick in self._ticks) + 100 * sum(tick <= at + limit for tick in self._ticks)
            for limit in limits
        )
        return self._chosen.setdefault((name, answers), at)

    def of(self, case: Folded) -> Folded:
        """Return the case that stands for this one."""
        if not isinstance(case, Case):
            return case
        case = replace(
            case,
            opened_at=self._start,
            expires_at=self._instant("expires", case.expires_at, 0),
            handle_digest=f"handle of {case.case}",
            adverse_at=None,
            hold=None if case.hold is None else Hold(source="anybody", by=None),
            approvals=tuple(sorted(case.approvals, key=lambda approval: approval.by.person)),
        )
        case = self._dead_pass(self._native(self._devices(case)))
        if case.closed is not None:
            return self._closed(case)
        return self._made(case) if case.credential is not None else self._under_way(case)

    def holdings(self, holdings: Holdings) -> Holdings:
        """Return the holdings that stand for these: in one order, end dates by their answers."""
        held = (
            replace(each, ends_at=None if each.ends_at is None else self._instant("ends", each.ends_at, 0))
            for each in holdings.held
        )
        return Holdings(held=tuple(sorted(held, key=lambda each: each.credential)))

    def _devices(self, case: Case) -> Case:
        """Name the claiming device first, for devices are alike until one claims; of what is signed keep what is asked.

        A digest is only ever compared with the one that the case shows; of the device it names, whether it names any.
        """
        claim, signed = case.claim, case.signed
        if claim is not None and self.devices_alike:
            device = DEVICES[0]
            claim = replace(claim, claim=f"claim of {device}", device_key=device, sealing_key=f"sealing {device}")
        if signed is not None:
            device = signed.device if signed.device == ANY_DEVICE else "a device"
            signed = replace(signed, digest="the digest", device=device)
        return replace(case, claim=claim, signed=signed)

    def _native(self, case: Case) -> Case:
        if case.native is None:
            return case
        ends = self._instant("native", case.native.window_ends_at, READ_BACK_AFTER_WINDOW_MS_MAX)
        return replace(case, native=replace(case.native, window_ends_at=ends))

    def _dead_pass(self, case: Case) -> Case:
        """Of a dead pass nothing is read but how it died."""
        if case.pass_ is None or case.pass_.live:
            return case
        return replace(case, pass_=replace(case.pass_, pass_id="dead", number=0, epoch=0, ends_at=None, cause=None))

    def _closed(self, case: Case) -> Case:
        """A closed case is read back, reaped and reviewed, and its consents withdrawn for cause if it completed."""
        completed = case.closed is Closure.COMPLETED
        case = self._ageless(case, proofing=True)
        credential = case.credential
        if credential is not None:
            made = replace(credential.made, ceremony="")
            credential = replace(credential, registered_at=self._start, ends_at=None, cause=None, made=made)
        return replace(
            case,
            duties=case.duties if completed or case.requirements.after_review else frozenset(),
            proofing=case.proofing if completed else None,
            approvals=case.approvals if completed else (),
            signed=None,
            claim=None,
            passes_issued=0,
            first_pass_at=None,
            tries_failed=0,
            own_key=None,
            credential=credential,
            hold=None,
            expires_at=self._start,
        )

    def _made(self, case: Case) -> Case:
        """Once the credential is made no pass is issued any more, and what asks for youth is not asked."""
        credential = case.credential
        assert credential is not None
        made = replace(credential.made, ceremony="")
        registered_at = self._instant("registered", credential.registered_at, *self._cooling, *self._lifetimes)
        ends_at = None if credential.ends_at is None else self._instant("ends", credential.ends_at, 0)
        return replace(
            self._ageless(case, proofing=True),
            credential=replace(credential, registered_at=registered_at, ends_at=ends_at, cause=None, made=made),
        )

    def _ageless(self, case: Case, *, proofing: bool) -> Case:
        start = self._start
        proofed, claim = case.proofing, case.claim
        return replace(
            case,
            proofing=replace(proofed, counts_from=start) if proofed is not None and proofing else proofed,
            approvals=tuple(replace(each, at=start) for each in case.approvals),
            claim=None if claim is None else replace(claim, anchored_at=None if claim.anchored_at is None else start),
            first_pass_at=None if case.first_pass_at is None else start,
        )

    def _under_way(self, case: Case) -> Case:
        proofing, claim, window, pass_ = case.proofing, case.claim, case.window, case.pass_
        if proofing is not None:
            proofing = replace(proofing, counts_from=self._instant("proofed", proofing.counts_from, *self._proofing))
        if window is not None:
            window = replace(window, ends_at=self._instant("window", window.ends_at, 0, READ_BACK_AFTER_WINDOW_MS_MAX))
        if not case.pass_needed:
            return replace(self._ageless(case, proofing=True), window=window)
        if claim is not None and claim.anchored_at is not None:
            asked = claim.anchor is Anchor.PRESENCE
            seen = self._instant("anchored", claim.anchored_at, PRESENCE_AGE_MS_MAX) if asked else self._start
            claim = replace(claim, anchored_at=seen)
        if pass_ is not None and pass_.ends_at is not None:
            ends = self._instant("window", pass_.ends_at, 0, READ_BACK_AFTER_WINDOW_MS_MAX)
            pass_ = replace(pass_, ends_at=ends)
        first, approvals = case.first_pass_at, case.approvals
        if first is not None:
            first = self._instant("first", first, LATER_PASS_AFTER_FIRST_MS_MAX)
            approvals = tuple(replace(each, at=self._start) for each in approvals)
        else:
            approvals = tuple(
                replace(each, at=self._instant("approved", each.at, FIRST_PASS_AFTER_APPROVAL_MS_MAX))
                for each in approvals
            )
        return replace(
            case, proofing=proofing, claim=claim, window=window, pass_=pass_, first_pass_at=first, approvals=approvals
        )
