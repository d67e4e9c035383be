"""Joiners who are handed over to a destination's own page, over HTTP: by pass and attended, through lies and kills."""

import re
from collections.abc import Callable, Iterator

import pytest

from firstkey.demo import handover, steps
from firstkey.demo.people import Joiner, done
from firstkey.demo.steps import Live
from firstkey.destinations.handover_simulator import HONEST, Conduct, HandoverPage
from firstkey.simulator.client import Answer
from firstkey.values.canonical import Json
from firstkey.values.errors import Refused
from firstkey.values.instants import MINUTE
from tests.journeys.place import Place, founded, until

TENANT = "tenant"
TRIAL = f'\n[destinations.{TENANT}]\nkind = "handover_simulator"\n'
CANNOT = ("break_glass", "remote_hire")
"""Paths of the default policy that wait for what a destination that activates at once does not wait for."""


def elsewhere(policy: bytes) -> bytes:
    """Return the default policy with the tenant as the destination of every path that it can keep."""
    paths = re.split(r"(?m)^(?=\[\[path\]\])", policy.decode())
    kept = [each for each in paths if any(f'name = "{name}"' in each for name in CANNOT)]
    there = (each if each in kept else each.replace('["local"]', f'["{TENANT}"]') for each in paths)
    return "".join(there).encode()


class Elsewhere:
    """The place, with the tenant's page in a joiner's browser."""

    def __init__(self, place: Place) -> None:
        self.place = place
        now: Callable[[], int] = lambda: place.server.clock.now  # noqa: E731  # the clock is asked anew each time
        self.page: HandoverPage = handover.page_of(place.prepared.site, TENANT, place.maker, now)
        self.cast = place.cast

    def account(self, name: str) -> str:
        """Return somebody's account."""
        return next(each.account for each in self.place.people if each.display_name.startswith(name))

    def joiner(self, name: str) -> Joiner:
        """Somebody at the device that the inventory says."""
        person = next(each for each in self.place.people if each.display_name.startswith(name))
        certified = person.facts.get("device") == "certified"
        certificate = self.place.maker.devices.certificate(str(person.asset)) if certified else None
        authenticator = self.place.maker.authenticator()
        return Joiner(self.place.address, person.person, person.display_name, authenticator, certificate)

    def open(self, name: str, purpose: str = "first_key", **more: Json) -> Live:
        """Somebody's case."""
        return steps.open_case(self.cast, self.account(name), self.joiner(name), purpose, **more)

    def redeemed(self, name: str, purpose: str = "first_key", **more: Json) -> Live:
        """Up to the open window of a pass path."""
        live = self.open(name, purpose, **more)
        steps.prepare(self.cast, live)
        steps.redeem(live, steps.get_pass(live).code)
        return live

    def attended(self, name: str) -> Live:
        """Up to the open window of an attended path."""
        live = self.open(name)
        steps.prepare_attended(self.cast, live)
        done(steps.station_claims(self.cast, live), "station claim")
        steps.attend(self.cast, live)
        return live

    def keys(self, name: str) -> list[str]:
        """Return the keys that somebody has made at the tenant and that open something there."""
        seen = self.page.read_back(self.account(name))
        return [each.credential for each in seen if self.page.opens(each.credential)]

    def facts(self, live: Live) -> list[str]:
        """Return what happened in a case."""
        found: list[str] = self.cast.requester.show(live.case)["facts"]
        return found


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """A server whose paths end at the tenant."""
    with founded(tmp_path_factory.mktemp("elsewhere"), elsewhere, TRIAL) as place:
        yield Elsewhere(place)


BY_PASS = [("Ines", "managed_device"), ("Jana", "managed_device_new"), ("Yuki", "contractor_device")]
ATTENDED = [("Kofi", "contractor_attended"), ("Omar", "own_or_shared_device")]


@pytest.mark.parametrize(("name", "path"), [*BY_PASS, *ATTENDED])
def test_every_path_ends_with_a_key_at_its_destination(there: Elsewhere, name: str, path: str) -> None:
    """By pass or attended: the joiner makes the key on the destination's page, it activates, and no pass is left."""
    live = (there.attended if (name, path) in ATTENDED else there.redeemed)(name)
    assert live.path == path
    credential = handover.hand_over(live, there.page)
    steps.wait_until_active(live)
    shown = there.cast.requester.show(live.case)
    assert (shown["credential"], shown["closed"]) == (credential, "completed")
    assert there.page.opens(credential)
    until(lambda: "NativePassReaped" in there.facts(live))
    assert there.page.usable_native_passes(there.account(name)) == 0
    with pytest.raises(Refused):
        live.joiner.sign_in()  # the key is the destination's, not this site's


def test_recovery_and_emergency_end_there_too(there: Elsewhere) -> None:
    """A key is lost: another case hands over again, and the lost key is out of use there; a key for a day likewise."""
    first = there.redeemed("Ines") if not there.keys("Ines") else None
    lost = there.keys("Ines")[0] if first is None else handover.hand_over(first, there.page)
    if first is not None:
        steps.wait_until_active(first)
    live = there.redeemed("Ines", "recovery", lost_credential=lost)
    assert live.path == "recovery_device"
    second = handover.hand_over(live, there.page)
    steps.wait_until_active(live)
    until(lambda: (there.page.opens(lost), there.page.opens(second)) == (False, True))
    urgent = there.redeemed("Ines", "emergency")
    assert urgent.path == "emergency_device"
    assert there.page.opens(handover.hand_over(urgent, there.page))
    steps.wait_until_active(urgent)


def test_the_secret_lies_nowhere(there: Elsewhere) -> None:
    """What opens the page stands in no file of the site: not in the database, its log, or the destination's state."""
    live = there.attended("Mara")
    secret = handover.open_native(live, handover.get_native(live))
    handover.make_key_there(live, there.page, secret)
    steps.wait_until_active(live)
    files = [path for path in there.place.prepared.site.rglob("*") if path.is_file()]
    assert [path for path in files if secret.encode() in path.read_bytes()] == []
    assert len(files) > 5


def test_a_relayable_path_is_handed_over_once_it_is_anchored(there: Elsewhere) -> None:
    """What activation waits for, the native pass waits for: first the visit, in the window, then the page."""
    live = there.open("Lea")
    steps.claim(live)
    steps.proof(there.cast, live)
    steps.approve(there.cast, live)
    steps.redeem(live, steps.get_pass(live).code)
    answer = handover.ask_native(live)
    assert (answer.status, answer.problem) == (409, "anchor-missing")
    steps.anchor(there.cast, live)
    assert there.page.opens(handover.hand_over(live, there.page))
    steps.wait_until_active(live)


def test_nobody_else_gets_or_opens_a_native_pass(there: Elsewhere) -> None:
    """Before redemption, from another device, from no device: refused; sealed to the claiming device alone."""
    live = there.open("Tomás")
    steps.prepare(there.cast, live)
    early = handover.ask_native(live)
    assert (early.status, early.problem) == (409, "window-over")
    steps.redeem(live, steps.get_pass(live).code)
    other = live._replace(joiner=there.joiner("Tomás"))
    stolen = handover.ask_native(other)
    assert (stolen.status, stolen.problem) == (409, "another-device-claimed")
    bare: Answer = there.place.stranger().request("POST", "/api/claim/native-pass", {"handle": live.handle})
    assert (bare.status, bare.problem) == (401, "use-nonce")
    sealed = handover.get_native(live)
    with pytest.raises(Refused):
        handover.open_native(other, sealed)
    refused = live.joiner.post("/ceremony", live.handle)
    assert (refused.status, refused.problem) == (409, "destination-makes-credential")
    handover.make_key_there(live, there.page, handover.open_native(live, sealed))
    steps.wait_until_active(live)


def test_a_native_pass_left_at_the_destination_is_found_and_reaped(there: Elsewhere) -> None:
    """The destination says done and keeps it; the case closes; a new one gets no pass until it is read back as gone."""
    live = there.redeemed("Pia")
    secret = handover.open_native(live, handover.get_native(live))
    there.page.behave(Conduct(drops=("reap",)))
    done(there.cast.requester.post(f"{live.url}/withdraw", {}), "withdraw")
    again = there.open("Pia")
    steps.prepare(there.cast, again)
    waits = again.joiner.post("/pass", again.handle)
    assert (waits.status, waits.problem) == (409, "native-pass-stands")
    assert there.page.usable_native_passes(there.account("Pia")) == 1
    there.page.behave(HONEST)
    until(lambda: "NativePassReaped" in there.facts(live))
    assert not handover.still_opens(there.page, secret)
    steps.redeem(again, steps.get_pass(again).code)
    handover.hand_over(again, there.page)
    steps.wait_until_active(again)


def test_a_server_that_was_killed_goes_on_watching(there: Elsewhere) -> None:
    """SIGKILL with a native pass out: the next start, whose epoch ends the case's pass, reaps it."""
    live = there.redeemed("Noor")
    secret = handover.open_native(live, handover.get_native(live))
    there.place.server.kill()
    there.place.server.start()
    there.cast.requester.sign_in()
    until(lambda: "NativePassReaped" in there.facts(live))
    assert not handover.still_opens(there.page, secret)
    for desk in there.cast:
        desk.sign_in()


def test_a_leavers_key_is_removed_there(there: Elsewhere) -> None:
    """Said to have left, while the destination is away: when it is back the key opens nothing."""
    live = there.redeemed("Sven")
    credential = handover.hand_over(live, there.page)
    steps.wait_until_active(live)
    there.page.behave(Conduct(fails_before=("recall",), times=2))
    person = next(each for each in there.place.people if each.display_name.startswith("Sven"))
    gone = type(person)(**{name: getattr(person, name) for name in person.__struct_fields__} | {"active": False})
    steps.record_people(there.cast.requester, (gone,))
    until(lambda: not there.page.opens(credential))


def test_time_ends_a_native_pass(there: Elsewhere) -> None:
    """A joiner who walks away: with the window the native pass is over."""
    live = there.redeemed("Yuki", "emergency")
    secret = handover.open_native(live, handover.get_native(live))
    there.place.server.clock.let_pass(10 * MINUTE)
    there.cast.requester.sign_in()
    until(lambda: "NativePassReaped" in there.facts(live))
    assert not handover.still_opens(there.page, secret)
