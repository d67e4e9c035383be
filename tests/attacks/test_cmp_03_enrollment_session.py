"""CMP-03: the session of an enrollment becomes a general one, or its remains open something afterwards."""

from firstkey.demo import steps
from firstkey.web.routes import ROUTES, Guard
from tests.attacks.siege import Siege, told


def test_enrolling_signs_nobody_in(siege: Siege) -> None:
    """Over the whole way no cookie is set; after it the device is nobody in particular until its key signs in."""
    live = siege.redeemed()
    steps.register(live)
    steps.wait_until_active(live)
    assert live.joiner.client.session is None
    browser = live.joiner.client
    with siege.nothing_changes():
        for row in ROUTES:
            if row.guard is Guard.SESSION:
                path = row.path.replace("{case}", live.case)
                answer = browser.request(row.method, path, None if row.method == "GET" else {})
                assert told(answer) == (401, "sign-in-needed"), row.operation
    signed_in = live.joiner.sign_in()
    assert signed_in.session is not None
    assert told(signed_in.request("GET", "/api/cases")) == (404, "not-found")


def test_what_the_device_still_holds_is_worth_nothing(siege: Siege) -> None:
    """Its key, handle and answers, after success, are refused on every step that could change something."""
    live, code = siege.armed()
    steps.redeem(live, code)
    response = steps.register(live)
    steps.wait_until_active(live)
    with siege.nothing_changes():
        for step, more in (
            ("/pass", {}),
            ("/ceremony", {}),
            ("/redeem", {"code": code}),
            ("/register", {"response": response}),
            ("/certificate", {}),
            ("/own-key", {"signed": {"digest": "0" * 64, "assertion": {}}}),
        ):
            answer = live.joiner.post(step, live.handle, **more)
            assert answer.status in (404, 409), step


def test_enrollment_and_sign_in_are_never_one_entry(siege: Siege) -> None:
    """A pass appears under enrollment alone; a sign-in has an activity and a stream of its own."""
    live = siege.completed()
    live.joiner.sign_in()
    kinds = dict(siege.rows("SELECT DISTINCT kind, activity FROM facts WHERE kind LIKE 'Pass%'"))
    assert kinds
    assert set(kinds.values()) == {"enrollment"}
    person = siege.recorded(live.joiner.person)
    rows = siege.rows("SELECT kind, activity FROM facts WHERE stream = ?", f"sign_in/{person.account}")
    assert rows == [("SignedIn", "sign_in")]
