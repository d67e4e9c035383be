"""Requests signed beforehand and sent at the same moment, each on a connection of its own; how each was answered."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from firstkey.demo.people import Desk, Joiner
from firstkey.demo.steps import Live
from firstkey.simulator.client import PROOF_HEADER, encode
from firstkey.values.canonical import Json
from tests.journeys.place import Place

SECONDS_MAX = 60


class Shot(NamedTuple):
    """A request, byte for byte."""

    data: bytes


class Fell(NamedTuple):
    """An answer: its status, the last part of its problem's type (empty for none), and its body."""

    status: int
    problem: str
    body: Json


def _request(place: Place, path: str, body: bytes, headers: dict[str, str]) -> Shot:
    origin = place.address.origin
    sent = {
        "Host": origin.partition("://")[2],
        "Origin": origin,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return Shot("\r\n".join([*lines, "", ""]).encode() + body)


def by_device(place: Place, live: Live, step: str, **more: Json) -> Shot:
    """Return a request of the claiming device, with a proof of its own."""
    joiner: Joiner = live.joiner
    path = f"/api/claim{step}"
    body = encode({"handle": live.handle, **more})
    proof = joiner.device.prove("POST", place.address.origin + path, body, joiner.client.nonce)
    return _request(place, path, body, {PROOF_HEADER: proof})


def by_operator(place: Place, desk: Desk, path: str, body: Json) -> Shot:
    """Return a request in an operator's session."""
    return _request(place, path, encode(body), {"Cookie": f"__Host-firstkey={desk.client.session}"})


async def _fire(port: int, shots: Sequence[Shot]) -> list[Fell]:
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in shots]

    async def one(number: int) -> Fell:
        reader, writer = opened[number]
        writer.write(shots[number].data)
        answer = await reader.read(-1)
        writer.close()
        await writer.wait_closed()
        head, _, body = answer.partition(b"\r\n\r\n")
        told = json.loads(body)
        problem = str(told.get("type", "")).rpartition(":")[2] if isinstance(told, dict) else ""
        return Fell(int(head.split()[1]), problem, told)

    return list(await asyncio.wait_for(asyncio.gather(*map(one, range(len(shots)))), SECONDS_MAX))


def fire(place: Place, shots: Sequence[Shot]) -> list[Fell]:
    """Send all at the same moment; return the answers in the order of the requests."""
    return asyncio.run(_fire(place.address.port, shots))


def tally(fallen: Sequence[Fell]) -> Counter[tuple[int, str]]:
    """Count answers by status and problem."""
    return Counter((each.status, each.problem) for each in fallen)
