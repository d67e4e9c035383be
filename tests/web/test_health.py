"""Health and measures: what strangers are told, what this machine is told, and that no measure names anybody."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from firstkey.actions.sign_in import SignInBegun, sign_in_options
from firstkey.actions.site import Stranger
from firstkey.values.instants import MINUTE
from firstkey.web.app import UNKNOWN, make_app
from firstkey.web.routes import ROUTES
from tests.actions.site_world import ORIGIN, SiteWorld, done

HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.1", 50_000)
PLAIN = {"healthz", "readyz", "metrics", "api/openapi.json", UNKNOWN}
BY_PROXY = {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 proxy"}

_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


def ask(world: SiteWorld, *paths: str, peer: tuple[str, int] | None = HERE, **headers: str) -> list[httpx.Response]:
    """Ask a site's application for addresses, one after another, as a peer would."""

    async def asking() -> list[httpx.Response]:
        transport = httpx.ASGITransport(make_app(world.site), client=peer)  # type: ignore[arg-type]  # None: a socket
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(asking())


def samples(text: str) -> list[tuple[str, dict[str, str], float]]:
    """Return name, labels and value of each sample."""
    return [
        (name, dict(re.findall(r'(\w+)="([^"]*)"', labels or "")), float(value))
        for name, labels, value in _SAMPLE.findall(text)
    ]


def measure(world: SiteWorld, name: str, **labels: str) -> float:
    """Return one measure."""
    (text,) = ask(world, "/metrics")
    return next(value for found, having, value in samples(text.text) if found == name and having == labels)


@pytest.fixture
def world() -> SiteWorld:
    """A founded site with a case that is pending."""
    made = SiteWorld()
    made.record_joiner()
    made.open()
    return made


def test_a_sound_site_is_ready(world: SiteWorld) -> None:
    """This machine is told what it should know; somebody elsewhere that the site is ready."""
    (ready,) = ask(world, "/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": ["ledger-unanchored"]})
    (told,) = ask(world, "/readyz", peer=ELSEWHERE)
    assert (told.status_code, told.json()) == (200, {"ready": True})


def test_a_store_that_is_closed_is_not_ready(world: SiteWorld) -> None:
    """The process runs, the site does not: 503, with the reason for this machine alone."""
    world.store.close()
    healthy, ready = ask(world, "/healthz", "/readyz")
    assert (healthy.status_code, ready.status_code) == (200, 503)
    assert ready.json() == {"ready": False, "reasons": ["ledger-unanchored", "store-silent"]}
    (told,) = ask(world, "/readyz", peer=ELSEWHERE)
    assert (told.status_code, told.json()["type"]) == (503, "urn:firstkey:problem:unavailable")
    assert "store" not in told.text


def test_a_clock_in_doubt_is_told(world: SiteWorld) -> None:
    """The site still takes what ends things, so it is ready; it says that it doubts its clock, and measures it."""
    world.clock.instant -= MINUTE
    (ready,) = ask(world, "/readyz")
    assert ready.json()["reasons"] == ["clock-doubtful", "ledger-unanchored"]
    assert measure(world, "firstkey_clock_doubtful") == 1
    world.clock.instant += MINUTE
    assert measure(world, "firstkey_clock_doubtful") == 0


@pytest.mark.parametrize("headers", BY_PROXY, ids=lambda headers: next(iter(headers)))
def test_measures_are_for_this_machine(world: SiteWorld, headers: dict[str, str]) -> None:
    """Somebody elsewhere, or through a proxy on this machine, finds what is at no address: nothing."""
    for peer, said in ((ELSEWHERE, {}), (None, {}), (HERE, headers)):
        metrics, nowhere = ask(world, "/metrics", "/nowhere", peer=peer, **said)
        assert (metrics.status_code, metrics.content) == (404, nowhere.content)
        assert "reasons" not in ask(world, "/readyz", peer=peer, **said)[0].json()


def test_what_is_measured(world: SiteWorld) -> None:
    """Queues by stage, entries, what waits: as they are now."""
    assert measure(world, "firstkey_cases", stage="proofing") == 1
    entries = measure(world, "firstkey_ledger_entries")
    done(sign_in_options(world.site, Stranger(), SignInBegun()))
    assert measure(world, "firstkey_ledger_entries") == entries
    world.close()
    assert measure(world, "firstkey_cases", stage="proofing") == 0
    assert measure(world, "firstkey_ledger_entries") > entries
    assert measure(world, "firstkey_ledger_unanchored") == 1
    assert measure(world, "firstkey_works_waiting") == 0
    assert measure(world, "firstkey_outbox_due") == 0


def test_requests_are_counted_by_what_they_were(world: SiteWorld) -> None:
    """Operation, status and refusal; labels of closed sets alone, whatever was asked for."""
    case = world.case
    paths = ["/api/cases", f"/api/cases/{case}", "/api/cases?limit=x", f"/{case}", "/%00", "/healthz", "/metrics"]
    text = ask(world, *paths)[-1].text
    found = samples(text)
    counted = {(labels["operation"], labels["status"]): value for name, labels, value in found if "status" in labels}
    assert counted["show_case", "401"] == 1
    assert counted["list_cases", "401"] == 2
    assert counted[UNKNOWN, "404"] == 2
    labels: dict[str, set[Any]] = {}
    for _, having, _ in found:
        for name, value in having.items():
            labels.setdefault(name, set()).add(value)
    assert labels["operation"] <= {route.operation for route in ROUTES} | PLAIN
    assert set(labels) == {"operation", "status", "type", "stage", "le"}
    assert case not in text
