"""People as sources of record assert them; one document a person, and one that leads from an account to its person."""

from functools import lru_cache

import msgspec

from firstkey.actions.reasons import ActionReason
from firstkey.enrollment.case.surroundings import Account, Affiliation
from firstkey.policy.facts import Asserted
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.values import canonical
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY

MATURES_MS = 14 * DAY
"""After this time a changed manager or asset counts."""

SOURCE_RANK = 10
"""The rank of a source of record; anybody's word is 0."""


IMPORT = "import"
"""The source of a list that an administrator signed."""

FOUNDING = "founding"
"""The source of what a founder says of themselves, below any other."""


class PersonRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What sources of record say of a person.

    Attributes:
        person: the HR source's stable id. account: the directory's stable id of the account that is spoken of.
        accounts: the person's other accounts.
        user_name, display_name: for people, never for decisions.
        ends_at: end of employment or contract.
        manager, manager_since: person id, and from when. unit, vendor: where they belong. country: two letters.
        deputy, sponsor: person ids. time_zone, language, addresses: of notices to them, each address with its instant.
        service: nobody, but a machine's account: it can be served, and holds no duty, ever.
        asset: serial of the device or authenticator assigned or shipped to them.
        manager_counts_from, asset_counts_from: a first value counts at once, a changed one when it has matured.
        asserted: selection facts, as sources said them over time.
        source, rank: whose record it is; another source of a lower rank adds selection facts alone.
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
    accounts: tuple[str, ...] = ()
    country: str | None = None
    deputy: str | None = None
    sponsor: str | None = None
    time_zone: str | None = None
    language: str | None = None
    addresses: tuple[tuple[str, int], ...] = ()
    service: bool = False
    source: str = IMPORT
    rank: int = SOURCE_RANK

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

    def at_account(self, account: str) -> "PersonRecord":
        """Return the same person, spoken of by another of their accounts."""
        if account == self.account:
            return self
        others = (*(each for each in self.accounts if each != account), self.account)
        return msgspec.structs.replace(self, account=account, accounts=others)

    @property
    def every_account(self) -> tuple[str, ...]:
        """All accounts of the person."""
        return (self.account, *self.accounts)

    @property
    def affiliation(self) -> Affiliation:
        """Where they belong."""
        return Affiliation(person=self.person, unit=self.unit, vendor=self.vendor)


@lru_cache(maxsize=8192)
def _read(body: bytes) -> PersonRecord:
    return msgspec.json.decode(body, type=PersonRecord)


def check_accounts(reader: Reader, record: PersonRecord) -> None:
    """Refuse a record that takes an account of somebody else.

    Raises:
        Refused: AccountTaken.
    """
    holders = (reader.document(DocumentKind.PERSON, f"account:{account}") for account in record.every_account)
    if any(holder not in (None, record.person.encode()) for holder in holders):
        raise Refused(ActionReason.AccountTaken)


def store_person(tx: Transaction, record: PersonRecord) -> None:
    """Store a person and the way from each account.

    Raises:
        Refused: AccountTaken; an account never passes from one person to another.
    """
    check_accounts(tx, record)
    for account in record.every_account:
        if tx.document(DocumentKind.PERSON, f"account:{account}") is None:
            tx.put_document(DocumentKind.PERSON, f"account:{account}", record.person.encode())
    before = find_person(tx, record.person)
    if before is None or before.manager != record.manager:
        if before is not None and before.manager is not None:
            tx.delete_document(DocumentKind.REPORT, f"{_reports_to(before.manager)}{record.person}")
        if record.manager is not None:
            tx.put_document(DocumentKind.REPORT, f"{_reports_to(record.manager)}{record.person}", b"1")
    tx.put_document(DocumentKind.PERSON, f"person:{record.person}", canonical.encode(msgspec.to_builtins(record)))


def forget_person(tx: Transaction, record: PersonRecord) -> None:
    """Take a record away that another one takes up; the accounts are free."""
    if record.manager is not None:
        tx.delete_document(DocumentKind.REPORT, f"{_reports_to(record.manager)}{record.person}")
    for account in record.every_account:
        tx.delete_document(DocumentKind.PERSON, f"account:{account}")
    tx.delete_document(DocumentKind.PERSON, f"person:{record.person}")


def _reports_to(manager: str) -> str:
    return f"{sha256_hex(manager.encode())}:"


def reports_of(reader: Reader, manager: str) -> tuple[str, ...]:
    """Return who reports to a manager by the word of a source of record, whether it counts yet or not; 500 at most."""
    prefix = _reports_to(manager)
    found = reader.documents(DocumentKind.REPORT, prefix, limit=PAGE_ROWS_MAX)
    return tuple(key.removeprefix(prefix) for key, _ in found)


def find_person(reader: Reader, person: str) -> PersonRecord | None:
    """Return a person's record, if a source of record knows them."""
    body = reader.document(DocumentKind.PERSON, f"person:{person}")
    return None if body is None else _read(body)


def person_of_account(reader: Reader, account: str) -> PersonRecord:
    """Return the record of the person whose account it is.

    Raises:
        Refused: AccountUnknown.
    """
    person = reader.document(DocumentKind.PERSON, f"account:{account}")
    record = None if person is None else find_person(reader, person.decode())
    if record is None:
        raise Refused(ActionReason.AccountUnknown)
    return record.at_account(account)
