"""RDM-04: a code is found by brute force, through many sources, or by racing the counter of tries."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from firstkey.actions import devices
from firstkey.enrollment.case.limits import RIVAL_CODES_COMPARED_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.words import Closure
from firstkey.simulator.client import Answer, Client
from firstkey.simulator.device import JoinerDevice
from firstkey.values import codes
from firstkey.values.errors import Refused
from firstkey.values.instants import MINUTE
from firstkey.values.secret import Secret
from tests.actions.site_world import SiteWorld, done
from tests.attacks.siege import Siege

AT_ONCE = 20


def wrong(number: int) -> str:
    """Return a well-formed code that is not the one, as it would be typed."""
    return codes.for_typing(Secret(f"{number:013d}".encode()))


def test_a_flood_of_guesses_gets_three_tries(siege: Siege) -> None:
    """Wrong codes in the same moment over many connections, the right one behind: three are tries, and all is over."""
    live, code = siege.armed()
    guesses = [f"{number:026d}" for number in range(AT_ONCE)]
    browsers = [siege.browser_of(live.joiner) for _ in guesses]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = zip(browsers, guesses, strict=True)
        answers = list(pool.map(lambda row: redeem(row[0], live.handle, row[1]), sent))
    assert {answer.status for answer in answers} == {409}
    assert [answer.problem for answer in answers].count("code-wrong") == 3
    assert siege.facts(live).count("TryFailed") == 3
    assert siege.last(live)["reason"] == "tries_exhausted"
    assert live.joiner.post("/redeem", live.handle, code=code).problem == "not-a-step"
    assert siege.verifiers(live) == 0


def test_tries_are_counted_over_all_passes(siege: Siege) -> None:
    """Two wrong codes, a fresh pass, and one wrong code more: the case is over."""
    live, _ = siege.armed()
    for number in (1, 2):
        assert live.joiner.post("/redeem", live.handle, code=f"{number:026d}").problem == "code-wrong"
    siege.later(10 * MINUTE)
    siege.anchor(live)
    assert live.joiner.post("/pass", live.handle).status == 200
    assert live.joiner.post("/redeem", live.handle, code=f"{3:026d}").problem == "code-wrong"
    assert siege.last(live)["reason"] == "tries_exhausted"


def test_typed_codes_are_tried_no_oftener(siege: Siege) -> None:
    """At the counter, where somebody sees the code, guesses in one burst are three, or are told to wait."""
    live, shown = siege.at_the_counter()
    browsers = [siege.browser_of(live.joiner) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = ((browser, wrong(number)) for number, browser in enumerate(browsers))
        answers = list(pool.map(lambda row: redeem(row[0], live.handle, row[1]), sent))
    assert {answer.status for answer in answers} <= {409, 503}
    tries = siege.facts(live).count("TryFailed")
    assert tries == [answer.problem for answer in answers].count("code-wrong") <= 3
    right = live.joiner.post("/redeem", live.handle, code=shown.json["code"])
    assert (right.status == 200) == (tries < 3)


def redeem(browser: Client, handle: str, code: str) -> Answer:
    """Send a code."""
    return browser.request("POST", "/api/claim/redeem", {"handle": handle, "code": code})


def armed() -> tuple[SiteWorld, str]:
    """A case whose pass is armed, and its code."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    return world, world.get_pass()


def try_as_rival(world: SiteWorld, rival: JoinerDevice, code: str) -> None:
    """Send a code from another device."""
    with pytest.raises(Refused) as caught:
        world.redeem(code, rival)
    assert caught.value.reason is R.AnotherDeviceClaimed


@pytest.mark.parametrize("wrong", [RIVAL_CODES_COMPARED_MAX - 1, RIVAL_CODES_COMPARED_MAX])
def test_a_rivals_codes_are_counted_though_nothing_else_happens(wrong: int) -> None:
    """The fifth code is still compared, and the right one ends the case; the sixth is not looked at."""
    world, code = armed()
    rival = JoinerDevice(now=world.clock.now)
    for _ in range(wrong):
        try_as_rival(world, rival, ("A" if code[0] != "A" else "B") + code[1:])
    try_as_rival(world, rival, code)
    assert world.shown.closed is (Closure.MISUSED if wrong < RIVAL_CODES_COMPARED_MAX else None)


def test_a_rival_is_not_told_that_the_case_is_over() -> None:
    """Open or over, a case that another device has claimed gives a rival one answer."""
    world, _ = armed()
    world.close()
    with pytest.raises(Refused) as caught:
        done(devices.show_claim(world.site, world.by(JoinerDevice(now=world.clock.now)), devices.Handle(world.handle)))
    assert caught.value.reason is R.AnotherDeviceClaimed
