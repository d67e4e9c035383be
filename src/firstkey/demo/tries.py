"""The misuses of `misuses.MISUSES`, each as the request to the running server that somebody makes."""

from firstkey.demo.people import Desk, done
from firstkey.demo.process import Address
from firstkey.demo.steps import Cast, Live, anchoring, consent, meet
from firstkey.simulator.alter import WRONG_ORIGIN, Alter
from firstkey.simulator.client import Answer, Client
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, sha256_hex

OTHER_ORIGIN = "https://evil.test"


def ask_for_pass(live: Live) -> Answer:
    """The device asks for its pass."""
    return live.joiner.post("/pass", live.handle)


def approve_as(desk: Desk, live: Live) -> Answer:
    """Somebody approves, with a signature of their own."""
    return desk.post(f"{live.url}/approvals", {"signed": consent(desk, live)})


def approve_from_another_page(cast: Cast, live: Live) -> Answer:
    """The approver's browser is made to send what she signed, by another site's page."""
    signed = consent(cast.approver, live)
    headers = {"Origin": OTHER_ORIGIN, "Sec-Fetch-Site": "cross-site"}
    return cast.approver.post(f"{live.url}/approvals", {"signed": signed}, **headers)


def send_approval(desk: Desk, live: Live, signed: Json) -> Answer:
    """A signature that somebody gave is sent for a case."""
    return desk.post(f"{live.url}/approvals", {"signed": signed})


def relay_visit(cast: Cast, live: Live) -> Answer:
    """The confirmer types the number before them, which is not the one of this claim."""
    visit = meet(cast, live)
    other = f"{(int(visit.number) + 1) % 10 ** len(visit.number):0{len(visit.number)}d}"
    body = anchoring(cast, live, visit._replace(number=other))
    return cast.confirmer.post(f"{live.url}/anchor", body)


def scan_link(client: Client, live: Live, code: str) -> Answer:
    """A scanner gets the address, with everything it knows in the query."""
    return client.request("GET", f"/api/claim/redeem?handle={live.handle}&code={code}")


def send_code(client: Client, live: Live, code: str) -> Answer:
    """The code comes, from whichever browser."""
    return client.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})


def other_code(code: str) -> str:
    """Return another code of the same form; a sealed one has no check symbol."""
    return ("A" if code[0] != "A" else "B") + code[1:]


def sign_in_with_code(client: Client, code: str) -> Answer:
    """The code stands in the place of a passkey's answer."""
    begun, secret = client.request("POST", "/api/sign-in/options", {}).json, b64u(code.encode())
    answer = {"clientDataJSON": secret, "authenticatorData": secret, "signature": secret, "userHandle": secret}
    assertion = {"id": secret, "rawId": secret, "type": "public-key", "response": answer, "clientExtensionResults": {}}
    signed = {"digest": begun["digest"], "assertion": assertion}
    return client.request("POST", "/api/sign-in", {"signed": signed})


def register_altered(live: Live, alter: Alter = WRONG_ORIGIN) -> Answer:
    """The authenticator's answer says something else than the truth, under a genuine signature."""
    response = live.joiner.make_passkey(live.handle, alter)
    return live.joiner.post("/register", live.handle, response=response)


def register_again(live: Live, response: Json) -> Answer:
    """The very same registration comes again."""
    return live.joiner.post("/register", live.handle, response=response)


def look_into_console(client: Client) -> Answer:
    """Somebody in a session asks for the cases."""
    return client.request("GET", "/api/cases")


def claim_certificate(address: Address, live: Live, certificate: bytes) -> Answer:
    """The claiming device's own requests, past the proxy, with a certificate in a header."""
    around = Client(address.port, address.origin, host=address.site, certificate=certificate)
    around.prover = live.joiner.device.prove
    try:
        return around.request("POST", "/api/claim/certificate", {"handle": live.handle})
    finally:
        around.close()


def weaken_alone(desk: Desk) -> Answer:
    """An administrator proposes that contractors' keys last longer, and signs as the second one, too."""
    in_force = desk.client.request("GET", "/api/policies").json["in_force"]
    text = desk.client.request("GET", f"/api/policies/{in_force}").json["document"]
    laxer = text.replace("version = 1\n", "version = 2\n").replace('lifetime = "180d"', 'lifetime = "200d"')
    policy = sha256_hex(laxer.encode())
    proposed = {"document": laxer, "signed": desk.sign("propose_policy", names=(policy,))}
    done(desk.post("/api/policies/propose", proposed), "propose policy")
    signed = desk.sign("sign_policy", names=(policy, in_force))
    return desk.post("/api/policies/sign", {"policy": policy, "against": in_force, "signed": signed})


def open_as(desk: Desk, account: str, purpose: str) -> Answer:
    """Somebody asks for a key."""
    return desk.post("/api/cases", {"account": account, "purpose": purpose})
