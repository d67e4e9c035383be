"""The policy under attack: the shipped one, with two paths more that it does not have."""

from importlib import resources

from firstkey.values.encoding import sha256_hex

COUNTER = """
[[path]]
name = "counter"
verdict = "verify"
reason = "Whose browser cannot open a sealed code is shown one at the counter."
first_screen = "browser"
bootstrap = "pass"
channel = "in_person"
channel_reason = "The counter's terminal opens nothing that is sealed."
anchors = ["presence"]
destinations = ["local"]
when.purpose = ["first_key"]
when.account = ["standard"]
when.employment = ["contractor"]
when.device = ["shipped_key"]
when.workplace = ["on_site"]
when.request = ["single"]
proofing.methods = ["document_in_person"]
proofing.level = 2
proofing.age = "24h"
approval.approvers = ["approver"]
approval.quorum = 2
approval.spread = ["not_vendor_alone"]
credential.tier = "standard"
credential.lifetime = "180d"
staffing.answer = "8h"
staffing.escalate_to = ["approver"]
"""
"""A path whose code is typed, which the shipped policy does not have."""

ELSEWHERE = (
    COUNTER.replace('"counter"', '"tenant"')
    .replace('channel = "in_person"\nchannel_reason = "The counter\'s terminal opens nothing that is sealed."\n', "")
    .replace('["presence"]', '["client_certificate"]')
    .replace('["local"]', '["tenant"]')
    .replace('["shipped_key"]', '["certified"]')
)
"""A path that ends on another system's page."""

COSIGNED = "activation.cosigned = true\n"


def policy_of(root: bytes) -> bytes:
    """Return the shipped policy with a root (DER) that it trusts beside the known makers', and the counter's path.

    It waits for no witness, for there is none yet.
    """
    text = (resources.files("firstkey.policies") / "default.toml").read_text("utf-8").replace(COSIGNED, "")
    head, separator, rest = text.partition("\n[[path]]")
    return f'{head}\nextra_roots = ["{sha256_hex(root)}"]\n{COUNTER}{ELSEWHERE}{separator}{rest}'.encode()
