"""The terms of a path's requirements, one row each: the key that sets it, what it can be, and which of two is stricter.

One table serves the loader (keys and defaults), the floors and the lint (what is missing, and what to write), the diff
(what a change weakens) and whatever shows a requirement to people.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from firstkey.policy import model
from firstkey.policy.facts import FACTS
from firstkey.policy.kinds import FLAG, Kind, Unfit, many, number, one, pair, span, text
from firstkey.policy.model import Anchor, Channel, KeyTerms, Requirements, Trust
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND

REQUIRED: Any = msgspec.NODEFAULT

_REFUSED = {
    "email e-mail mail": "Mail can be forwarded, is read on any device and is searched by whoever gets in.",
    "sms text": "A text message goes to whoever holds the number, and can be forwarded.",
    "voice phone telephone call": "A code told by telephone reaches whoever answers, and can be relayed live.",
    "chat slack teams messenger whatsapp": "Chat is forwarded, searched and read wherever its account is signed in.",
    "split sealed_letter": "This channel is not built yet.",
}
NO_CHANNELS = {
    name: Unfit(reason, 'channel = "device_sealed"') for names, reason in _REFUSED.items() for name in names.split()
}
"""What people will try as a channel, and why it does not exist."""

FORMATS = ("packed", "tpm", "android-key", "apple", "fido-u2f", "none")
ALGORITHMS = {"ES256": -7, "EdDSA": -8, "ES384": -35, "ES512": -36, "RS256": -257}
NAME = text(64, "lower-case words joined by underscores", r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
AAGUID = text(36, "a lower-case UUID", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Order(NamedTuple):
    """Which of two values is stricter.

    Attributes:
        at_least: whether the first is at least as strict as the second; `False` both ways means neither is.
        join: the least strict value that is at least as strict as both; of terms that say how, the first.
    """

    at_least: Callable[[Any, Any], bool]
    join: Callable[[Any, Any], Any]


class Term(NamedTuple):
    """One term: its key in a path's table, what it can be, which value is stricter, and what it is by default."""

    key: str
    kind: Kind
    order: Order
    default: Any = REQUIRED


def named(choices: Any) -> Kind:
    """Return the kind of an enumeration, by its members' names in lower case."""
    return one({choice.name.lower(): choice for choice in choices})


def fact_kind(fact: str) -> Kind:
    """Return the kind of a fact's values."""
    return one({value: value for value in FACTS[fact].values})


def _or_none(order: Order) -> Order:
    """`None` stands for no such limit, the laxest."""
    return Order(
        lambda this, that: that is None or (this is not None and order.at_least(this, that)),
        lambda this, that: that if this is None else this if that is None else order.join(this, that),
    )


def _how(at_least: Callable[[Any, Any], bool]) -> Order:
    return Order(at_least, lambda this, that: this)


MORE, LESS = Order(operator.ge, max), Order(operator.le, min)
ALL, FEW = Order(operator.ge, operator.or_), Order(operator.le, operator.and_)  # of sets: superset, subset
SAME, AMONG = _how(operator.eq), _how(lambda this, that: set(this) <= set(that))
ANY_OF = _how(lambda this, that: not that or (bool(this) and this <= that))  # no anchor at all is the laxest
SEALED = _how(lambda this, that: this is that or this is Channel.DEVICE_SEALED)
_CHANNEL = one({channel.value: channel for channel in Channel}, NO_CHANNELS)

TERMS: dict[str, Term] = {
    "bootstrap": Term("bootstrap", named(model.Bootstrap), SAME),
    "channel": Term("channel", _CHANNEL, SEALED, Channel.DEVICE_SEALED),
    "anchors": Term("anchors", many(named(Anchor)), ANY_OF, frozenset()),
    "methods": Term("proofing.methods", many(named(ProofingMethod)), AMONG),
    "level": Term("proofing.level", number(0, 3), MORE),
    "proofing_age_ms_max": Term("proofing.age", span(MINUTE, 365 * DAY), LESS),
    "approvers": Term("approval.approvers", many(named(model.ApproverRule)), AMONG),
    "quorum": Term("approval.quorum", number(0, 5), MORE),
    "spread": Term("approval.spread", many(named(model.Spread)), ALL, frozenset()),
    "distinct": Term("distinct", many(pair(named(model.Duty))), ALL, frozenset()),
    "pass_lifetime_ms": Term("pass_lifetime", span(SECOND, DAY), LESS, 10 * MINUTE),
    "window_ms": Term("window", span(SECOND, DAY), LESS, 10 * MINUTE),
    "tries": Term("tries", number(1, 100), LESS, 3),
    "ceremonies": Term("ceremonies", number(1, 100), LESS, 3),
    "user_verification": Term("credential.user_verification", FLAG, MORE, True),
    "device_bound": Term("credential.device_bound", FLAG, MORE, True),
    "trust": Term("credential.attestation", named(Trust), MORE, Trust.ANCHORED),
    "formats": Term("credential.formats", many(one({name: name for name in FORMATS})), FEW, frozenset(FORMATS[:4])),
    "algorithms": Term("credential.algorithms", many(one(ALGORITHMS)), FEW, frozenset({-7, -8, -257})),
    "roaming": Term("credential.roaming", FLAG, MORE, False),
    "aaguids": Term("credential.aaguids", many(AAGUID), _or_none(FEW), None),
    "cooling_off_ms": Term("activation.cooling_off", span(0, 14 * DAY), MORE, 0),  # a case lives 30 days
    "cosigned": Term("activation.cosigned", FLAG, MORE, False),
    "tier": Term("credential.tier", named(model.Tier), LESS),
    "credential_lifetime_ms": Term("credential.lifetime", span(HOUR, 3650 * DAY), _or_none(LESS), None),
    "destinations": Term("destinations", many(NAME, tuple), AMONG),
    "after_review": Term("after_review", FLAG, MORE, False),
}
"""Every field of Requirements and KeyTerms, in the order in which people read them."""


def values_in(requirements: Requirements) -> dict[str, Any]:
    """Return the requirements' value of every term."""
    key = requirements.key
    return {name: getattr(key if name in KeyTerms.__struct_fields__ else requirements, name) for name in TERMS}


def requirements_of(values: Mapping[str, Any]) -> Requirements:
    """Build requirements from a value for every term."""
    key = KeyTerms(**{name: values[name] for name in KeyTerms.__struct_fields__})
    return Requirements(**{name: values[name] for name in TERMS if name not in KeyTerms.__struct_fields__}, key=key)


def show(name: str, value: Any) -> str:
    """Write a term as the line of a policy that sets it."""
    return f"no {TERMS[name].key}" if value is None else f"{TERMS[name].key} = {TERMS[name].kind.show(value)}"
