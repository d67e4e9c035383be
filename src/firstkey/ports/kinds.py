"""The slots and documents that exist, and which of them may be forgotten or rewritten, as data.

A new kind is a line here, seen in review.
"""

from enum import StrEnum


class SlotKind(StrEnum):
    """What may be held by one stream at a time. The key's shape stands beside each."""

    CHECK = "check"  # a proofing vendor's name and its result's commitment
    CREDENTIAL = "credential"  # credential id, base64url
    DEVICE_KEY = "device_key"  # thumbprint, base64url
    DEVICE_PROOF = "device_proof"  # thumbprint and proof id
    HANDLE = "handle"  # digest of a case's handle, hex
    IDEMPOTENCY = "idempotency"  # principal and key
    LIVE_PASS = "live_pass"  # account
    LOAN = "loan"  # serial of a loan key
    NATIVE_PASS = "native_pass"  # account
    OPEN_CASE = "open_case"  # account, purpose and, for break-glass, position
    PUBLIC_KEY = "public_key"  # digest, hex
    START_CODE = "start_code"  # digest, hex
    STATEMENT = "statement"  # digest, hex


FORGETTABLE_SLOTS = frozenset({SlotKind.DEVICE_PROOF, SlotKind.IDEMPOTENCY, SlotKind.START_CODE, SlotKind.STATEMENT})
"""Slots of things that are single-use within a short window: once it is over, the window refuses what the slot did."""


class DocumentKind(StrEnum):
    """Small rows beside the facts. The key's shape stands beside each."""

    ACT_COUNT = "act_count"  # person or source, and act: how often it was done lately
    ACT_EVIDENCE = "act_evidence"  # statement digest: the assertion over it
    ASSET = "asset"  # serial
    ATTESTATION = "attestation"  # credential id: the registration response as it was judged
    CEREMONY = "ceremony"  # ceremony id: what a registration in founding must answer to
    CLAIM_KEY = "claim_key"  # claim id: the key that codes are sealed to
    COUNTER = "counter"  # credential id: the highest signature counter, and when it was seen
    CREDENTIAL_KEY = "credential_key"  # credential id: public key and signature counter
    DEVICE_NONCE = "device_nonce"  # nonce
    IDEMPOTENT_ANSWER = "idempotent_answer"  # principal and key
    NATIVE_PASS = "native_pass"  # destination and account: its native pass, and what stood there before
    PERSON = "person"  # person id
    POLICY = "policy"  # digest, hex
    REPORT = "report"  # digest of a manager's id, and a person: who reports to them
    PROVENANCE = "provenance"  # credential id: what it rests on
    RECALL = "recall"  # recall id, or recall id and number of a portion: what it names
    RIVAL_COUNT = "rival_count"  # case: how many of a rival's codes were compared
    SALT = "salt"  # commitment: the salt and value behind it, until erased
    SEALED_CODE = "sealed_code"  # pass id: the code as sealed to the device
    SESSION = "session"  # digest of the session id, hex
    SESSION_OF = "session_of"  # digest of the person's id, and of the session's: who is in it
    START_CODE = "start_code"  # digest, hex: who shows it, and what scanned it
    STATEMENT = "statement"  # digest, hex: what was asked to be signed


WRITE_ONCE_DOCUMENTS = frozenset(
    {DocumentKind.ACT_EVIDENCE, DocumentKind.ATTESTATION, DocumentKind.POLICY, DocumentKind.STATEMENT}
)
"""Documents that are named by what they say, or are evidence: never replaced by other bytes."""

FORGETTABLE_DOCUMENTS = frozenset(
    {
        DocumentKind.ACT_COUNT,
        DocumentKind.CEREMONY,
        DocumentKind.DEVICE_NONCE,
        DocumentKind.IDEMPOTENT_ANSWER,
        DocumentKind.SEALED_CODE,
        DocumentKind.SESSION,
        DocumentKind.SESSION_OF,
        DocumentKind.START_CODE,
        DocumentKind.STATEMENT,
    }
)
"""Documents that age; evidence, people and policies do not, and salts are erased one by one."""
