"""Policies that say something else than the shipped one, as an engineer would write them."""

from importlib import resources

from firstkey.policy.lint import of_policy
from firstkey.policy.load import load_policy
from firstkey.values.errors import Malformed, Refused

PATH = 'name = "managed_device_new"\n'
DEFAULT = (resources.files("firstkey") / "policies" / "default.toml").read_text("utf-8")


def policy_with(path: str = PATH, **lines: str) -> str:
    """Return the shipped policy with lines of one path written otherwise; two underscores are a dot.

    Args:
        path: the line that names the path.
        lines: keys of the path, and what stands behind `=`.
    """
    head, name, rest = DEFAULT.partition(path)
    body, separator, tail = rest.partition("[[path]]")
    for key, value in lines.items():
        dotted = key.replace("__", ".")
        kept, skipping = [], False
        for line in body.splitlines():
            skipping = line.startswith(f"{dotted} = ") or (skipping and line.startswith((" ", "]")))
            kept += [] if skipping else [line]
        body = "\n".join([f"{dotted} = {value}", *kept]) + "\n\n"
    return f"{head}{name}{body}{separator}{tail}"


def said_of(**lines: str) -> str:
    """Return why such a policy cannot be put in force.

    Raises:
        AssertionError: it can.
    """
    try:
        policy = load_policy(policy_with(**lines).encode())
    except (Malformed, Refused) as refused:
        return str(refused)
    found = [f"{finding.key}: {finding.reason} {finding.instead}" for finding in of_policy(policy)]
    assert found, "this policy stands"
    return "\n".join(found)


def accepted(**lines: str) -> bool:
    """Whether such a policy stands."""
    return not list(of_policy(load_policy(policy_with(**lines).encode())))
