"""The people around a case, each with a browser and a passkey: operators at a console, the joiner at their device."""

from typing import NamedTuple
from uuid import UUID

from firstkey.demo.process import Address
from firstkey.demo.reasons import DemoReason
from firstkey.simulator.alter import HONEST, Alter
from firstkey.simulator.attestation_root import AttestationRoot
from firstkey.simulator.authenticator import Authenticator, Traits
from firstkey.simulator.client import Answer, Client
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.device_ca import DeviceAuthority
from firstkey.simulator.operator import Operator
from firstkey.values.canonical import Json
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret

MODEL = UUID("0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0")
"""The simulated authenticators' model (AAGUID)."""


class Maker:
    """Makes what one run needs of hardware.

    Attributes:
        root: what the authenticators' attestation ends in.
        devices: issues the certificates of managed devices.
    """

    def __init__(self) -> None:
        self.root = AttestationRoot()
        self.devices = DeviceAuthority()
        self._attester = self.root.attester(aaguid=MODEL.bytes)

    def authenticator(self) -> Authenticator:
        """Make one, that attests with a certificate of this maker."""
        return Authenticator(Traits(aaguid=MODEL.bytes, attestation="x5c"), self._attester)

    def imitation(self) -> Authenticator:
        """Make one that calls itself the same model, and that another maker attests."""
        return Authenticator(
            Traits(aaguid=MODEL.bytes, attestation="x5c"), AttestationRoot().attester(aaguid=MODEL.bytes)
        )


def done(answer: Answer, step: str) -> Json:
    """Return what an honest step was answered.

    Raises:
        Refused: StepRefused, if it was no success.
    """
    if answer.status != 200:
        raise Refused(DemoReason.StepRefused, f"{step}: {answer.status} {answer.problem}")
    return answer.json


def _try_sign_in(client: Client, operator: Operator) -> Answer:
    begun = done(client.request("POST", "/api/sign-in/options", {}), "sign-in options")
    assertion = operator.sign_in(unb64u(begun["statement"]), begun["options"])
    return client.request("POST", "/api/sign-in", {"signed": {"digest": begun["digest"], "assertion": assertion}})


def _sign_in(client: Client, operator: Operator) -> Json:
    return done(_try_sign_in(client, operator), "sign in")


class Desk:
    """An operator at a console.

    Args:
        address: of the server.
        name: what they go by.
        authenticator: holds their passkey.
    """

    def __init__(self, address: Address, name: str, authenticator: Authenticator) -> None:
        self.name = name
        self.person = ""
        self.client = address.client()
        self._address = address
        self._authenticator = authenticator

    @property
    def operator(self) -> Operator:
        """The person, who reads what they sign."""
        return Operator(self.person, self._address.site, self._address.origin, self._authenticator)

    def post(self, path: str, body: Json, **headers: str) -> Answer:
        """Send a request, in whatever session there is."""
        return self.client.request("POST", path, body, headers)

    # Founding

    def enroll(self, code: str) -> None:
        """Make a passkey in founding."""
        begun = done(self.post("/api/founding/options", {"code": code, "name": self.name}), "founder options")
        response = self._authenticator.register(begun["options"], self._address.origin)
        made = {"code": code, "ceremony": begun["ceremony"], "response": response}
        self.person = done(self.post("/api/founding/register", made), "enroll founder")["person"]

    def sign_founding(self, code: str) -> bool:
        """Sign the founding statement; return whether the site is founded now."""
        to_sign = done(self.post("/api/founding/statement", {"code": code, "person": self.person}), "statement")
        signed = self._signed(to_sign, act="found_site", case=None)
        return bool(done(self.post("/api/founding/sign", {"code": code, "signed": signed}), "sign")["founded"])

    def sign_in(self) -> None:
        """Open a session."""
        _sign_in(self.client, self.operator)

    # Acts

    def show(self, case: str) -> Json:
        """Look at a case."""
        return done(self.client.request("GET", f"/api/cases/{case}"), "show case")

    def sign(
        self,
        act: str,
        case: str | None = None,
        revision: int | None = None,
        *,
        names: tuple[str, ...] = (),
        digests: tuple[str, ...] = (),
    ) -> Json:
        """Ask for an act's statement, read it, and sign it."""
        meant = {"act": act, "case": case, "names": names, "digests": digests}
        to_sign = done(self.post("/api/statements", {**meant, "revision": revision}), f"statement of {act}")
        return self._signed(to_sign, act=act, case=case, names=names, digests=digests)

    def sign_on(
        self, case: str, act: str, *, names: tuple[str, ...] = (), digests: tuple[str, ...] = ()
    ) -> dict[str, Json]:
        """Sign an act on a case as it is now."""
        signed: dict[str, Json] = self.sign(act, case, self.show(case)["revision"], names=names, digests=digests)
        return signed

    def _signed(
        self,
        to_sign: Json,
        *,
        act: str,
        case: str | None,
        names: tuple[str, ...] | None = None,
        digests: tuple[str, ...] | None = None,
    ) -> Json:
        statement = unb64u(to_sign["statement"])
        assertion = self.operator.sign_act(
            statement, to_sign["options"], act=act, case=case, names=names, digests=digests
        )
        return {"digest": to_sign["digest"], "assertion": assertion}


class Opened(NamedTuple):
    """What a device got when it asked for its pass, and the code that only it could open."""

    pass_id: str
    code: str


class Joiner:
    """A joiner before the page, on one device.

    Args:
        address: of the server.
        person: their id in the HR system.
        name: what they go by.
        authenticator: will hold their passkey.
        certificate: DER of the device's client certificate, where it has one; it then comes through the proxy.
    """

    def __init__(
        self,
        address: Address,
        person: str,
        name: str,
        authenticator: Authenticator,
        certificate: bytes | None = None,
    ) -> None:
        self.person = person
        self.name = name
        self.authenticator = authenticator
        self.device = JoinerDevice()
        self.is_certified = certificate is not None
        self.client = address.client(certificate)
        self.client.prover = self.device.prove
        self._address = address

    def post(self, step: str, handle: str, **more: Json) -> Answer:
        """Send a request that the device's key signs."""
        return self.client.request("POST", f"/api/claim{step}", {"handle": handle, **more})

    def claim(self, handle: str, **more: Json) -> Answer:
        """Take the case with two fresh keys."""
        return self.post("", handle, keys=self.device.bind_keys(handle), **more)

    def open_code(self, handle: str, answer: Json) -> Opened:
        """Open the code that was sealed to this device."""
        claim, pass_id = answer["state"]["claim"], answer["state"]["pass_id"]
        code: Secret = self.device.open_code(answer["sealed"], case=handle, claim=claim, pass_id=pass_id)
        return Opened(pass_id, code.reveal().decode())

    def make_passkey(self, handle: str, alter: Alter = HONEST) -> Json:
        """Ask for a challenge and let the authenticator answer it."""
        begun = done(self.post("/ceremony", handle), "start ceremony")
        return self.authenticator.register(begun["options"], self._address.origin, alter)

    @property
    def holder(self) -> Operator:
        """The joiner as somebody who holds a passkey, and reads what they sign."""
        return Operator(self.person, self._address.site, self._address.origin, self.authenticator)

    def vouch(self, handle: str, case: str) -> Answer:
        """Let the passkey that they hold authorise the next one."""
        to_sign = done(self.post("/own-key/options", handle), "own key options")
        statement = unb64u(to_sign["statement"])
        assertion = self.holder.sign_act(statement, to_sign["options"], act="assert_own_key", case=case)
        return self.post("/own-key", handle, signed={"digest": to_sign["digest"], "assertion": assertion})

    def try_sign_in(self) -> Answer:
        """Try to sign in with the new passkey, in a browser that has nothing else."""
        return _try_sign_in(self._address.client(), self.holder)

    def sign_in(self) -> Client:
        """Sign in with the new passkey, in a browser that has nothing else; return that browser."""
        client = self._address.client()
        signed_in = _sign_in(client, self.holder)
        if signed_in["person"] != self.person:
            raise Refused(DemoReason.StepRefused, "somebody else was signed in")
        return client
