"""A person with a passkey: signs in, and signs acts, but only what they mean to sign.

The challenge of either is the SHA-256 of a statement's bytes (DESIGN section 7): canonical JSON with the members
`version` 1, `purpose`, `site`, `act`, `case`, `revision`, `digests`, `names`, `person`, `on_behalf_of`, `made_at` and
`nonce`. A person reads it before touching the key: its purpose, site and person must be theirs, and act, case and what
else they mean must stand in it.
"""

import hashlib
from collections.abc import Sequence

from firstkey.simulator.alter import HONEST, Alter
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values import canonical
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u
from firstkey.values.errors import Malformed, Refused

ACT = "firstkey-act"
SIGN_IN = "firstkey-sign-in"


class Operator:
    """A person with a duty, before a page.

    Args:
        person: the person's id, as statements name them.
        site: the site's id.
        origin: the origin of the page they have open.
        authenticator: holds their passkey.
    """

    def __init__(self, person: str, site: str, origin: str, authenticator: Authenticator) -> None:
        self.person = person
        self.site = site
        self.origin = origin
        self.authenticator = authenticator

    def sign_in(self, statement: bytes, options: Json, alter: Alter = HONEST) -> Json:
        """Sign a sign-in statement, whether or not it names a person yet.

        Args:
            statement: the bytes whose digest is the challenge.
            options: PublicKeyCredentialRequestOptionsJSON.
            alter: what the authenticator does otherwise.

        Returns:
            AuthenticationResponseJSON.

        Raises:
            Refused: StatementNotAsAsked, or as the authenticator refuses.
        """
        members = _read(statement, options)
        person = None if members.get("person") is None else self.person
        _compare(members, {"purpose": SIGN_IN, "site": self.site, "person": person})
        return self.authenticator.authenticate(options, self.origin, alter)

    def sign_act(
        self,
        statement: bytes,
        options: Json,
        *,
        act: str,
        case: str | None,
        digests: Sequence[str] | None = None,
        names: Sequence[str] | None = None,
        on_behalf_of: str | None = None,
        alter: Alter = HONEST,
    ) -> Json:
        """Sign an act, after comparing the statement with what is meant.

        Args:
            statement: the bytes whose digest is the challenge.
            options: PublicKeyCredentialRequestOptionsJSON.
            act: the act's name.
            case: the case's id, or None for an act on none or several.
            digests: what is consented to, hex, in order; None takes what the page shows.
            names: what the act is about (a claim, a pass, a serial), in order; None takes what the page shows.
            on_behalf_of: the delegator's id.
            alter: what the authenticator does otherwise.

        Returns:
            AuthenticationResponseJSON.

        Raises:
            Refused: StatementNotAsAsked, or as the authenticator refuses.
        """
        members = _read(statement, options)
        whose = {"purpose": ACT, "site": self.site, "person": self.person, "on_behalf_of": on_behalf_of}
        meant = {"digests": digests, "names": names}
        what = {"act": act, "case": case} | {name: list(value) for name, value in meant.items() if value is not None}
        _compare(members, {**whose, **what})
        return self.authenticator.authenticate(options, self.origin, alter)


def _read(statement: bytes, options: Json) -> dict[str, Json]:
    if options["challenge"] != b64u(hashlib.sha256(statement).digest()):
        raise Refused(SimulatorReason.StatementNotAsAsked, "the challenge is not this statement's")
    try:
        members = canonical.decode(statement)
    except Malformed as error:
        raise Refused(SimulatorReason.StatementNotAsAsked, "not canonical JSON") from error
    if not isinstance(members, dict) or members.get("version") != 1:
        raise Refused(SimulatorReason.StatementNotAsAsked, "another version")
    return members


def _compare(members: dict[str, Json], meant: dict[str, Json]) -> None:
    for name, value in meant.items():
        if name not in members or members[name] != value:
            raise Refused(SimulatorReason.StatementNotAsAsked, name)
