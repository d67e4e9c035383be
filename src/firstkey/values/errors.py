"""The exception tree, and the one way to say no.

    FirstKeyError
    |-- Refused        expected: a rule says no; typed by a reason; says what to do next; changed nothing
    |   `-- Malformed  the input could not be read at all (every parser raises this and nothing else)
    |-- Unavailable    may be retried as it is
    `-- Defect         our bug: stop, do not carry on

A reason is a member of an enumeration whose value is a `Says`. Its problem type is its name in kebab case, so that a
reason cannot have two names. A layer declares its own enumeration; nobody raises a bare string.
"""

import re
from enum import Enum
from typing import NamedTuple


class Says(NamedTuple):
    """What a refusal tells a caller who may know.

    Attributes:
        title: what rule said no, as one sentence without personal values.
        next_step: what the caller can do now, as one imperative sentence.
    """

    title: str
    next_step: str


def problem_type(reason: Enum) -> str:
    """Return the stable problem type of a reason: `PassSpent` becomes `pass-spent`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", reason.name).lower()


class FirstKeyError(Exception):
    """Root of everything this package raises on purpose."""


class Refused(FirstKeyError):
    """A rule says no.

    Args:
        reason: the member that names the rule; its value is a `Says`.
        detail: what exactly was wrong, for somebody who may know; never a secret, never quoted to a stranger.
    """

    def __init__(self, reason: Enum, detail: str = "") -> None:
        says: Says = reason.value
        self.reason = reason
        self.says = says
        self.detail = detail
        super().__init__(f"{says.title} {detail}".strip())

    @property
    def type(self) -> str:
        """The problem type, in kebab case."""
        return problem_type(self.reason)


class Malformed(Refused):
    """Input that could not be read. Every parser raises this, whatever went wrong inside it."""


class Unavailable(FirstKeyError):
    """The same request may succeed later; nothing was changed."""


class Defect(FirstKeyError):
    """A state that the design rules out. Never caught to carry on."""
