"""Whether this site's destinations can do what a path asks of them; asked when a case is opened and a policy is set.

A policy names destinations and does not know their manner. One that activates at once has no pending credential, so a
path that waits after registration, or judges there, cannot be kept by it.
"""

from firstkey.actions.effects import LOCAL
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Site
from firstkey.policy.model import Anchor, Policy, Purpose, Requirements
from firstkey.values.errors import Refused


def unfit(site: Site, required: Requirements, purposes: frozenset[str] = frozenset()) -> str | None:
    """Return why the destinations of a path cannot keep it, as a sentence; None if they can.

    Args:
        site: the site.
        required: the path's requirements.
        purposes: what the path is for, as far as it says.
    """
    named = set(required.destinations)
    unknown = named - {LOCAL, *site.destinations}
    if unknown:
        return f"This site has no destination {min(unknown)}."
    elsewhere = named & site.handover
    if not elsewhere:
        return None
    if len(named) > 1:
        return "A destination that makes the credential itself stands alone."
    if required.cooling_off_ms:
        return "The credential works as soon as the destination has made it: no cooling-off can come before."
    if Anchor.AUTHENTICATOR in required.anchors:
        return "The shipped authenticator is judged at registration, after the destination's pass would be out."
    if Purpose.BREAK_GLASS in purposes:
        return "Two keys that activate together cannot be made where each activates at once."
    return None


def check_destinations(site: Site, required: Requirements | None, purpose: Purpose) -> None:
    """Refuse to open a case that could not end in a credential.

    Raises:
        Refused: DestinationUnfit.
    """
    why = None if required is None else unfit(site, required, frozenset({purpose}))
    if why is not None:
        raise Refused(ActionReason.DestinationUnfit, why)


def check_policy(site: Site, policy: Policy) -> None:
    """Refuse a policy of which a path could never end in a credential here.

    Raises:
        Refused: DestinationUnfit, with the first such path.
    """
    for path in policy.paths:
        purposes = frozenset(value for each in path.when if each.fact == "purpose" for value in each.values)
        why = None if path.requirements is None else unfit(site, path.requirements, purposes)
        if why is not None:
            raise Refused(ActionReason.DestinationUnfit, f"path {path.name}: {why}")
