"""The steps of a joiner who is handed over to a destination's own page, and what is left there."""

import time
from collections.abc import Callable
from pathlib import Path

from firstkey.ceremonies.trust import TrustAnchors
from firstkey.demo.people import MODEL, Maker, done
from firstkey.demo.reasons import DemoReason
from firstkey.demo.steps import POLL_SECONDS, Live
from firstkey.destinations.handover_simulator import HandoverPage, HandoverSimulator
from firstkey.settings import destination_file
from firstkey.simulator.client import Answer
from firstkey.simulator.device import wall_clock
from firstkey.values.canonical import Json
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused

MINTED_SECONDS_MAX = 20


def page_of(site: Path, name: str, maker: Maker, now: Callable[[], int] = wall_clock) -> HandoverPage:
    """Open the page of a simulated destination, as the joiner's browser and its administrators see it.

    Args:
        site: the site's folder; the server has begun to serve it.
        name: of the destination.
        maker: of the authenticators whose attestation the page takes.
        now: the server's clock, milliseconds.
    """
    simulator = HandoverSimulator(name, destination_file(site, name), now)
    return HandoverPage(simulator, TrustAnchors({str(MODEL): (maker.root.der,)}))


def ask_native(live: Live) -> Answer:
    """The device asks for the destination's own pass."""
    return live.joiner.post("/native-pass", live.handle)


def get_native(live: Live) -> Json:
    """Ask until the destination has minted it.

    Raises:
        Refused: StepRefused, if it does not come.
    """
    until = time.monotonic() + MINTED_SECONDS_MAX
    while time.monotonic() < until:
        answer = done(ask_native(live), "native pass")
        if answer["sealed"] is not None:
            return answer
        time.sleep(POLL_SECONDS)
    raise Refused(DemoReason.StepRefused, f"a native pass within {MINTED_SECONDS_MAX} seconds")


def open_native(live: Live, answer: Json) -> str:
    """The device opens the secret that was sealed to it."""
    bound = {"case": sha256_hex(live.handle.encode()), "claim": answer["state"]["claim"], "pass_id": answer["native"]}
    return live.joiner.device.open_code(answer["sealed"], **bound).reveal().decode()


def make_key_there(live: Live, page: HandoverPage, secret: str) -> str:
    """The joiner makes the passkey on the destination's page; return its id."""
    options = page.begin(secret)
    return page.finish(secret, live.joiner.authenticator.register(options, page.origin))


def hand_over(live: Live, page: HandoverPage) -> str:
    """From the open window to a passkey at the destination; return its id."""
    return make_key_there(live, page, open_native(live, get_native(live)))


def still_opens(page: HandoverPage, secret: str) -> bool:
    """Whether somebody who has the secret of a native pass gets onto the page with it. If so, it is used now."""
    try:
        page.begin(secret)
    except Refused:
        return False
    return True
