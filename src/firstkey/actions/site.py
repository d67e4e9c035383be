"""A site, as the actions see it: its settings, keys and ports; and who asks."""

from collections.abc import Mapping

import msgspec

from firstkey.actions.codes import CodeDesk
from firstkey.actions.folds import Folds
from firstkey.ceremonies.statements import ExpectedAct
from firstkey.ceremonies.trust import TrustAnchors
from firstkey.ports.clock import Clock
from firstkey.ports.destination import Destination, Manner
from firstkey.ports.entropy import Entropy
from firstkey.ports.fact_store import FactStore
from firstkey.values.secret import Secret

ANSWER_WITHIN_SECONDS = 10.0


class SiteSettings(msgspec.Struct, frozen=True):
    """What the site's file says of it.

    Attributes:
        site: its id, in every statement and case.
        origin: the one page's origin, `https://join.example.org`.
        rp_id: the relying party; it can never change.
        rp_name: the organisation, for people.
    """

    site: str
    origin: str
    rp_id: str
    rp_name: str

    @property
    def expected_act(self) -> ExpectedAct:
        """What a signed act must answer to."""
        return ExpectedAct(expected_site=self.site, expected_rp_id=self.rp_id, expected_origin=self.origin)


class Keys(msgspec.Struct, frozen=True):
    """Secrets outside the database, each for one thing.

    Attributes:
        nonce: makes device nonces.
    """

    nonce: Secret


class Site(msgspec.Struct, frozen=True):
    """All that an action needs.

    Attributes:
        codes: makes and compares codes; handed to delivery and redemption.
        anchors: roots accepted for attestation, by model.
        folds: state already folded, by stream.
        device_roots: CAs of managed devices' client certificates, DER; none, and no certificate counts.
        destinations: by the name that policies use, beside `local`.
    """

    settings: SiteSettings
    keys: Keys
    store: FactStore
    codes: CodeDesk
    clock: Clock
    entropy: Entropy
    anchors: TrustAnchors
    folds: Folds
    device_roots: tuple[bytes, ...] = ()
    destinations: Mapping[str, Destination] = {}

    @property
    def handover(self) -> frozenset[str]:
        """Destinations that make the credential on a page of their own."""
        return frozenset(name for name, each in self.destinations.items() if each.manner is Manner.HANDOVER)


class Stranger(msgspec.Struct, frozen=True):
    """Somebody who has shown nothing. `source` is only ever counted by."""

    source: str = ""


class Device(msgspec.Struct, frozen=True):
    """A device whose proof over this request was valid. Its proof's id is still to be spent.

    `certificate` is the client certificate, DER, that a trusted proxy handed on; nobody has judged it yet.
    """

    device_key: str
    proof_id: str
    source: str = ""
    certificate: bytes | None = None


class Operator(msgspec.Struct, frozen=True):
    """A person in a session. `session` is the digest of the session's id."""

    person: str
    account: str
    session: str
    source: str = ""


class Feed(Device, frozen=True):
    """A source of record whose key has signed this request, as a device would; its name is still to be found."""


Caller = Stranger | Device | Operator
