"""Requests made from the API's own description, sent as whom each operation demands: with sessions, with proofs."""

import json
from typing import Any

import httpx
import schemathesis
from schemathesis import Case
from schemathesis.core import NOT_SET

from firstkey.demo.people import Desk
from firstkey.demo.steps import Live
from firstkey.simulator.client import NONCE_HEADER, PROOF_HEADER
from firstkey.web.openapi import openapi
from firstkey.web.routes import PROVEN, Guard, Route
from tests.attacks.siege import Siege

OURS = frozenset(name.lower() for name in ("Cookie", "Host", "Origin", "Content-Type", "Content-Length", PROOF_HEADER))
"""Headers that the sender answers for, whatever was generated."""


class Sender:
    """Sends what was generated.

    Args:
        siege: the server and its people.
        desk: who is in the session.
        live: a case, and the device that has claimed it.
    """

    def __init__(self, siege: Siege, desk: Desk, live: Live) -> None:
        self._origin = siege.address.origin
        self._desk = desk
        self._device = live.joiner.device
        self._nonce = ""
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{siege.address.port}", timeout=30)
        person = siege.recorded(live.joiner.person)
        self._known = {
            "account": person.account,
            "case": live.case,
            "credential": siege.shown(live)["credential"] or "x",
            "handle": live.handle,
            "person": person.person,
            "policy": self._policy(),
            "code": "0" * 26,
            "start_code": "0" * 26,
            "keys": self._device.bind_keys(live.handle),
        }

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def send(self, case: Case[Any], route: Route, *, at_home: bool) -> httpx.Response | None:
        """Send a case as whom its route demands; `at_home` with names of what there is, and acts that are signed.

        Returns:
            The answer; None for what no client can send.
        """
        if at_home:
            self._settle(case, route)
        body = _bytes(case.body)
        path, query = case.formatted_path, dict(case.query or {})
        try:
            request = self._client.build_request(
                route.method, path, params=query, content=body, headers=self._headers(case, route, path, body)
            )
        except (UnicodeEncodeError, httpx.InvalidURL, TypeError, ValueError):
            return None
        response = self._client.send(request)
        if self._nonce == "" and NONCE_HEADER in response.headers:
            self._nonce = response.headers[NONCE_HEADER]
            return self.send(case, route, at_home=at_home)
        self._nonce = response.headers.get(NONCE_HEADER, self._nonce)
        if self._desk.client.request("GET", "/api/sessions").status == 401:
            self._desk.sign_in()  # what was sent has ended the session
        return response

    def _headers(self, case: Case[Any], route: Route, path: str, body: bytes) -> dict[str, str]:
        headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in OURS}
        headers |= {"Host": self._origin.partition("://")[2]}
        if route.method != "GET":
            headers |= {"Origin": self._origin, "Content-Type": "application/json"}
        if route.guard is Guard.SESSION:
            headers["Cookie"] = f"__Host-firstkey={self._desk.client.session}"
        if route.guard in PROVEN:
            headers[PROOF_HEADER] = self._device.prove(route.method, self._origin + path, body, self._nonce)
        return headers

    def _settle(self, case: Case[Any], route: Route) -> None:
        """Put names of what there is in the place of made-up ones, and a signature under whatever must be signed."""
        case.path_parameters = {name: self._known.get(name, value) for name, value in case.path_parameters.items()}
        if not isinstance(case.body, dict):
            return
        case.body = {name: self._known.get(name, value) for name, value in case.body.items()}
        if "signed" in case.body and route.guard is Guard.SESSION:
            signed = self._desk.sign(route.operation, self._known["case"] if "case" in route.names else None, 1)
            case.body["signed"] = [signed, signed] if isinstance(case.body["signed"], list) else signed

    def _policy(self) -> str:
        return str(self._desk.client.request("GET", "/api/policies").json["in_force"])


def _bytes(body: Any) -> bytes:
    if body is NOT_SET:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()


def described() -> Any:
    """Return the description, as schemathesis reads it."""
    return schemathesis.openapi.from_dict(openapi("http://localhost"))
