"""The route table. A row is a method, a path and an action; all else is read off the action's signature.

Whom the action takes as its caller is what the route demands: an `Operator` a session, a `Device` a proof over the
request, a `Stranger` nothing. What it takes as `asked` is the body, what it returns the answer. A route that is not in
the table does not exist; an action that is not in the table cannot be reached.
"""

from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any, NamedTuple, get_type_hints

from firstkey.actions import (
    acts,
    approval,
    assets,
    claim,
    clock,
    closure,
    credentials,
    delegation,
    delivery,
    devices,
    duties,
    epoch,
    feeds,
    founders,
    founding,
    handover,
    policies,
    proofing,
    queries,
    recalls,
    records,
    redemption,
    registration,
    request,
    sessions,
    sign_in,
    sources,
    takeover,
    vendors,
)
from firstkey.actions.site import Device, Feed, Operator, Stranger
from firstkey.ledger.entry import Activity

Action = Callable[..., Coroutine[Any, Any, Any]]

BODY_BYTES_MAX = 64 * 1024
LIST_BYTES_MAX = 4 * 1024 * 1024


class Guard(StrEnum):
    """What a caller must show."""

    OPEN = "open"
    SESSION = "session"
    DEVICE = "device"
    FEED = "feed"


GUARDS: dict[type, Guard] = {
    Stranger: Guard.OPEN,
    Operator: Guard.SESSION,
    Device: Guard.DEVICE,
    Feed: Guard.FEED,
}
PROVEN = frozenset({Guard.DEVICE, Guard.FEED})
"""What a key proves with every request."""


ACTIVITIES = (
    ("/api/sign-", Activity.SIGN_IN),
    ("/api/cases", Activity.ENROLLMENT),
    ("/api/claim", Activity.ENROLLMENT),
    ("/", Activity.ADMINISTRATION),
)
"""By the beginning of a path, the first that fits."""


class Route(NamedTuple):
    """One row, and what follows from it.

    Attributes:
        asked: the type of the body, or of the query of a GET; None where there is none.
        answer: the type of the answer.
        names: names of the path's parameters, in order.
    """

    method: str
    path: str
    action: Action
    guard: Guard
    asked: type | None
    answer: type
    names: tuple[str, ...]
    body_bytes_max: int = BODY_BYTES_MAX

    @property
    def operation(self) -> str:
        """The action's name, unique in the table."""
        return self.action.__name__

    @property
    def activity(self) -> Activity:
        """What it is part of; the ledger counts its refusals under that."""
        return next(activity for prefix, activity in ACTIVITIES if self.path.startswith(prefix))


def route(method: str, path: str, action: Action, body_bytes_max: int = BODY_BYTES_MAX) -> Route:
    """Read a row's consequences off its action: `action(site, caller, *path parameters, asked) -> answer`."""
    hints = get_type_hints(action)
    answer = hints.pop("return")
    _, caller, *rest = hints.items()
    names = tuple(part.strip("{}") for part in path.split("/") if part.startswith("{"))
    asked = [kind for name, kind in rest if name not in names]
    return Route(method, path, action, GUARDS[caller[1]], asked[0] if asked else None, answer, names, body_bytes_max)


ROUTES: tuple[Route, ...] = (
    route("POST", "/api/founding/options", founding.founder_options),
    route("POST", "/api/founding/register", founding.enroll_founder),
    route("POST", "/api/founding/statement", founding.founding_statement),
    route("POST", "/api/founding/sign", founding.sign_founding),
    route("POST", "/api/sign-in/options", sign_in.sign_in_options),
    route("POST", "/api/sign-in", sign_in.sign_in),
    route("POST", "/api/sign-out", sign_in.sign_out),
    route("POST", "/api/sign-in/step-up", sign_in.step_up),
    route("GET", "/api/sessions", sessions.list_sessions),
    route("POST", "/api/sessions/end", sessions.end_own_session),
    route("POST", "/api/epoch", epoch.raise_epoch),
    route("GET", "/api/policies", policies.show_policies),
    route("GET", "/api/policies/{policy}", policies.show_policy),
    route("POST", "/api/policies/propose", policies.propose_policy, LIST_BYTES_MAX),
    route("POST", "/api/policies/sign", policies.sign_policy),
    route("POST", "/api/policies/withdraw", policies.withdraw_policy),
    route("POST", "/api/statements", acts.ask_statement),
    route("POST", "/api/people", records.record_people, LIST_BYTES_MAX),
    route("GET", "/api/sources", sources.list_sources),
    route("POST", "/api/sources/register", sources.register_source),
    route("POST", "/api/sources/end", sources.end_source),
    route("POST", "/api/sources/people", feeds.feed_people, LIST_BYTES_MAX),
    route("POST", "/api/sources/people/present", feeds.feed_present, LIST_BYTES_MAX),
    route("POST", "/api/sources/assets", assets.feed_assets, LIST_BYTES_MAX),
    route("POST", "/api/sources/cases", feeds.feed_case),
    route("POST", "/api/sources/proofing", vendors.report_check),
    route("GET", "/api/operators", duties.list_operators),
    route("POST", "/api/duties/grant", duties.grant_duty),
    route("POST", "/api/duties/withdraw", duties.withdraw_duty),
    route("POST", "/api/founders/identify", founders.identify_founder),
    route("GET", "/api/delegations", delegation.list_delegations),
    route("POST", "/api/delegations", delegation.give_delegation),
    route("POST", "/api/delegations/end", delegation.end_delegation),
    route("POST", "/api/velocity/lift", duties.lift_velocity),
    route("GET", "/api/cases", queries.list_cases),
    route("POST", "/api/cases", request.open_case),
    route("GET", "/api/cases/{case}", queries.show_case),
    route("POST", "/api/cases/{case}/revise", request.revise_case),
    route("POST", "/api/cases/{case}/hold", request.hold_case),
    route("POST", "/api/cases/{case}/lift", request.lift_hold),
    route("POST", "/api/cases/{case}/proofing", proofing.record_proofing),
    route("POST", "/api/cases/{case}/proofing/withdraw", proofing.withdraw_proofing),
    route("POST", "/api/cases/{case}/approvals", approval.give_approval),
    route("POST", "/api/cases/{case}/approvals/deny", approval.deny_approval),
    route("POST", "/api/cases/{case}/approvals/withdraw", approval.withdraw_approval),
    route("POST", "/api/cases/{case}/start-codes", claim.show_start_code),
    route("POST", "/api/cases/{case}/anchor", claim.anchor_claim),
    route("GET", "/api/cases/{case}/start-codes/{start_code}", takeover.show_visit),
    route("POST", "/api/cases/{case}/takeover", takeover.replace_claim),
    route("POST", "/api/cases/{case}/release", claim.release_claim),
    route("POST", "/api/cases/{case}/pass/reveal", delivery.reveal_pass),
    route("POST", "/api/cases/{case}/pass/revoke", delivery.revoke_pass),
    route("POST", "/api/cases/{case}/attendance", redemption.confirm_attendance),
    route("POST", "/api/cases/{case}/withdraw", closure.withdraw_case),
    route("POST", "/api/cases/{case}/destination-lost", handover.declare_destination_lost),
    route("POST", "/api/cases/{case}/fraud", closure.report_fraud),
    route("POST", "/api/cases/{case}/review", closure.record_review),
    route("POST", "/api/clock", clock.sign_time),
    route("GET", "/api/provenance", recalls.show_provenance),
    route("GET", "/api/recalls", recalls.list_recalls),
    route("POST", "/api/recalls", recalls.recall_credentials),
    route("GET", "/api/recalls/{recall}", recalls.show_recall),
    route("POST", "/api/recalls/{recall}/confirm", recalls.confirm_recalled),
    route("POST", "/api/credentials/restore", credentials.restore_credential),
    route("POST", "/api/credentials/suspend", credentials.suspend_credential),
    route("POST", "/api/claim", claim.claim_case),
    route("POST", "/api/claim/status", devices.show_claim),
    route("POST", "/api/claim/certificate", claim.anchor_by_certificate),
    route("POST", "/api/claim/takeover/start-code", takeover.scan_to_take_over),
    route("POST", "/api/claim/takeover/station", takeover.replace_claim_at_station),
    route("POST", "/api/claim/start-code", claim.scan_start_code),
    route("POST", "/api/claim/pass", delivery.get_pass),
    route("POST", "/api/claim/native-pass", handover.get_native_pass),
    route("POST", "/api/claim/redeem", redemption.redeem_pass),
    route("POST", "/api/claim/own-key/options", redemption.ask_own_key),
    route("POST", "/api/claim/own-key", redemption.assert_own_key),
    route("POST", "/api/claim/ceremony", registration.start_ceremony),
    route("POST", "/api/claim/register", registration.register_credential),
    route("POST", "/api/claim/not-me", claim.not_me),
)
"""Everything that can be asked over HTTP, beside the pages and the site's health."""
