"""An operator at the command line: asks the running server over HTTP, signed in and signing with a passkey.

It speaks to the server's own port on this machine, in the name of the site's page. What a statement says is read before
it is signed: the server cannot have another act signed than the one that was asked for.
"""

import hashlib
import json
from enum import Enum
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self

from firstkey.cli.passkey import Passkey
from firstkey.settings import Settings
from firstkey.values import canonical
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Refused, Says

ANSWER_SECONDS_MAX = 30
COOKIE = "__Host-firstkey"


class ConsoleReason(Enum):
    """Why the server was of no help."""

    ServerSaidNo = Says("The server says no.", "Do what it says.")
    ServerSilent = Says("No server answers for this site.", "Start it with `firstkey serve`, and try again.")
    StatementDiffers = Says("The server asks to have something else signed.", "Sign nothing, and look into the server.")


class ServerSaidNo(Refused):
    """A problem (RFC 9457), told in the server's words.

    Args:
        problem: the body.
    """

    def __init__(self, problem: Json) -> None:
        super().__init__(ConsoleReason.ServerSaidNo, str(problem.get("detail") or ""))
        self.says = Says(str(problem["title"]), str(problem["next_step"]))
        self.problem = str(problem["type"]).rpartition(":")[2]


class Console:
    """A session at the command line, from `with` to the end of its block.

    Args:
        settings: the site's.
        passkey: the operator's.

    Attributes:
        person: who is signed in.
    """

    def __init__(self, settings: Settings, passkey: Passkey) -> None:
        self.person = ""
        self._settings = settings
        self._passkey = passkey
        self._connection = HTTPConnection(settings.host, settings.port, timeout=ANSWER_SECONDS_MAX)
        self._session: str | None = None

    def __enter__(self) -> Self:
        try:
            begun = self.post("/api/sign-in/options", {})
            self._check(begun, {"purpose": "firstkey-sign-in", "act": "sign_in"})
            self.person = self.post("/api/sign-in", {"signed": self._answer(begun)})["person"]
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, path: str) -> Json:
        """Ask for something; `path` may have a query."""
        return self._request("GET", path, None)

    def post(self, path: str, body: Json) -> Json:
        """Send something.

        Raises:
            Refused: ServerSilent, or what the server says.
        """
        return self._request("POST", path, body)

    def sign(self, act: str, *names: str) -> Json:
        """Sign an act on no case, that names something.

        Raises:
            Refused: StatementDiffers, or as `Passkey`.
        """
        to_sign = self.post("/api/statements", {"act": act, "names": names})
        meant = {"purpose": "firstkey-act", "act": act, "names": list(names), "case": None, "person": self.person}
        self._check(to_sign, meant)
        return self._answer(to_sign)

    def _check(self, to_sign: Json, meant: dict[str, Json]) -> None:
        statement = unb64u(to_sign["statement"])
        said = canonical.decode(statement)
        meant = {**meant, "site": self._settings.site}
        challenge = b64u(hashlib.sha256(statement).digest())
        if to_sign["options"]["challenge"] != challenge or any(said.get(name) != meant[name] for name in meant):
            raise Refused(ConsoleReason.StatementDiffers)

    def _answer(self, to_sign: Json) -> Json:
        assertion = self._passkey.authenticate(to_sign["options"], self._settings.origin)
        return {"digest": to_sign["digest"], "assertion": assertion}

    def _request(self, method: str, path: str, body: Json) -> Json:
        headers = {"Host": self._settings.origin.partition("://")[2], "Sec-Fetch-Site": "same-origin"}
        if method == "POST":
            headers |= {"Origin": self._settings.origin, "Content-Type": "application/json"}
        if self._session is not None:
            headers["Cookie"] = f"{COOKIE}={self._session}"
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            response = self._connection.getresponse()
            content = json.loads(response.read())
        except (HTTPException, OSError, ValueError) as error:
            self._connection.close()
            raise Refused(ConsoleReason.ServerSilent, type(error).__name__) from error
        for line in response.headers.get_all("Set-Cookie", ()):
            name, _, value = line.partition(";")[0].partition("=")
            self._session = value if name.strip() == COOKIE else self._session
        if response.status != 200:
            raise ServerSaidNo(content)
        return content
