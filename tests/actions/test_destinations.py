"""Whether a site's destinations can keep a policy's paths."""

import pytest
from msgspec.structs import replace

from firstkey.actions.destinations import check_policy, unfit
from firstkey.policy.load import load_policy
from firstkey.policy.model import Anchor, Purpose
from firstkey.values.errors import Refused
from tests.actions.handover_world import TENANT, HandoverWorld
from tests.actions.looking import policy_with


def test_a_policy_is_held_against_the_destinations_that_there_are() -> None:
    """With its destination it may be set; without it, and where a path waits for what cannot be waited for, not."""
    world = HandoverWorld()
    here = replace(world.site, destinations={})
    named = load_policy(policy_with("managed_device_new", destinations=f'["{TENANT}"]'))
    check_policy(world.site, named)
    with pytest.raises(Refused) as refused:
        check_policy(here, named)
    assert refused.value.detail == f"path managed_device_new: This site has no destination {TENANT}."
    for path in ("break_glass", "remote_hire"):
        with pytest.raises(Refused) as refused:
            check_policy(world.site, load_policy(policy_with(path, destinations=f'["{TENANT}"]')))
        assert refused.value.detail.startswith(f"path {path}: ")


def test_what_is_made_here_may_wait() -> None:
    """A path of the site's own store keeps cooling-off, shipped authenticator and break-glass."""
    world = HandoverWorld()
    path = next(p for p in load_policy(policy_with("managed_device_new")).paths if p.name == "managed_device_new")
    assert path.requirements is not None
    waits = replace(path.requirements, cooling_off_ms=1, anchors=frozenset({Anchor.AUTHENTICATOR}))
    assert unfit(world.site, waits, frozenset({Purpose.BREAK_GLASS})) is None
