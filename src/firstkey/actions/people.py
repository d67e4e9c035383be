"""People as sources of record assert them; one document a person, and one that leads from an account to its person."""

import msgspec

from firstkey.actions.reasons import ActionReason
from firstkey.enrollment.case.surroundings import Account, Affiliation
from firstkey.policy.facts import Asserted
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY

MATURES_MS = 14 * DAY
"""After this time a changed manager or asset counts."""

SOURCE_RANK = 10
"""The rank of a source of record; anybody's word is 0."""


class PersonRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What sources of record say of a person.

    Attributes:
        person: the HR source's stable id. account: the directory's stable id.
        user_name, display_name: for people, never for decisions.
        ends_at: end of employment or contract.
        manager, manager_since: person id, and from when. unit, vendor: where they belong.
        asset: serial of the device or authenticator assigned or shipped to them.
        manager_counts_from, asset_counts_from: a first value counts at once, a changed one when it has matured.
        asserted: selection facts, as sources said them over time.
    """

    person: str
    account: str
    user_name: str
    display_name: str
    incarnation: int = 1
    active: bool = True
    privileged: bool = False
    ends_at: int | None = None
    manager: str | None = None
    manager_since: int | None = None
    unit: str | None = None
    vendor: str | None = None
    asset: str | None = None
    manager_counts_from: int = 0
    asset_counts_from: int = 0
    asserted: tuple[Asserted, ...] = ()

    def manager_at(self, now: int) -> str | None:
        """The manager, as far as they count by now."""
        return self.manager if now >= self.manager_counts_from else None

    def asset_at(self, now: int) -> str | None:
        """The asset, as far as it counts by now."""
        return self.asset if now >= self.asset_counts_from else None

    @property
    def standing(self) -> Account:
        """The account as a decision sees it."""
        return Account(
            account=self.account,
            person=self.person,
            incarnation=self.incarnation,
            active=self.active,
            privileged=self.privileged,
            ends_at=self.ends_at,
        )

    @property
    def affiliation(self) -> Affiliation:
        """Where they belong."""
        return Affiliation(person=self.person, unit=self.unit, vendor=self.vendor)


def store_person(tx: Transaction, record: PersonRecord) -> None:
    """Store a person and the way from the account.

    Raises:
        Refused: AccountTaken; an account never passes from one person to another.
    """
    if tx.document(DocumentKind.PERSON, f"account:{record.account}") not in (None, record.person.encode()):
        raise Refused(ActionReason.AccountTaken)
    tx.put_document(DocumentKind.PERSON, f"person:{record.person}", canonical.encode(msgspec.to_builtins(record)))
    tx.put_document(DocumentKind.PERSON, f"account:{record.account}", record.person.encode())


def find_person(reader: Reader, person: str) -> PersonRecord | None:
    """Return a person's record, if a source of record knows them."""
    body = reader.document(DocumentKind.PERSON, f"person:{person}")
    return None if body is None else msgspec.json.decode(body, type=PersonRecord)


def person_of_account(reader: Reader, account: str) -> PersonRecord:
    """Return the record of the person whose account it is.

    Raises:
        Refused: AccountUnknown.
    """
    person = reader.document(DocumentKind.PERSON, f"account:{account}")
    record = None if person is None else find_person(reader, person.decode())
    if record is None:
        raise Refused(ActionReason.AccountUnknown)
    return record
