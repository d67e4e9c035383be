"""CER-07: the rp_id or the origin is confused, or the page is framed."""

import pytest

from firstkey.demo.people import done
from firstkey.simulator.alter import CROSS_ORIGIN, TOP_ORIGIN, WRONG_RP_ID, Alter
from firstkey.values.encoding import unb64u
from tests.attacks.siege import Siege, told

ORIGINS = (
    "https://localhost",
    "http://localhost",
    "http://localhost:1",
    "http://LOCALHOST:{port}",
    "http://localhost.:{port}",
    "http://localhost:{port}/",
    "http://localhost:{port}.evil.test",
    "http://evil-localhost:{port}",
    "http://sub.localhost:{port}",
    "http://127.0.0.1:{port}",
    "http://\u217docalhost:{port}",
    "null",
    "",
    "android:apk-key-hash:AAAA",
    "ios:bundle-id:org.example",
)


def test_a_key_is_made_on_our_page_alone(siege: Siege) -> None:
    """Whatever else than exactly our origin stands in the answer, it is refused, and counts as a ceremony."""
    tried = 0
    for start in range(0, len(ORIGINS), 3):
        live = siege.redeemed()
        for origin in ORIGINS[start : start + 3]:
            altered = Alter(client_data={"origin": origin.format(port=siege.address.port)})
            response = live.joiner.make_passkey(live.handle, altered)
            assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-refused")
            tried += 1
        facts = siege.facts(live)
        assert (facts.count("CeremonyRefused"), facts[-1]) == (3, "PassRevoked")
        assert "CredentialRegistered" not in facts
    assert tried == len(ORIGINS)


@pytest.mark.parametrize("altered", [CROSS_ORIGIN, TOP_ORIGIN, WRONG_RP_ID], ids=["framed", "framed by", "rp_id"])
def test_a_framed_page_or_another_rp_id_makes_none(siege: Siege, altered: Alter) -> None:
    """An answer that says it was framed, or that is for another relying party, is refused."""
    live = siege.redeemed()
    response = live.joiner.make_passkey(live.handle, altered)
    assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-refused")
    assert "CredentialRegistered" not in siege.facts(live)


@pytest.mark.parametrize("altered", [CROSS_ORIGIN, TOP_ORIGIN, WRONG_RP_ID], ids=["framed", "framed by", "rp_id"])
def test_nor_does_it_sign_in_or_sign(siege: Siege, altered: Alter) -> None:
    """The same holds for signing in and for an approver's signature."""
    desk = siege.cast.approver
    stranger = siege.stranger()
    begun = done(stranger.request("POST", "/api/sign-in/options", {}), "options")
    assertion = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"], altered)
    body = {"signed": {"digest": begun["digest"], "assertion": assertion}}
    assert told(stranger.request("POST", "/api/sign-in", body)) == (404, "not-found")
    live = siege.open()
    siege.proof(live)
    digests = (siege.shown(live)["digest"],)
    asked = {"act": "give_approval", "case": live.case, "revision": 1, "names": (), "digests": digests}
    to_sign = done(desk.post("/api/statements", asked), "statement")
    assertion = desk.operator.sign_act(
        unb64u(to_sign["statement"]), to_sign["options"], act="give_approval", case=live.case, alter=altered
    )
    with siege.nothing_changes():
        signed = {"digest": to_sign["digest"], "assertion": assertion}
        assert desk.post(f"{live.url}/approvals", {"signed": signed}).status == 409


def test_the_options_name_us(siege: Siege) -> None:
    """What a browser is asked names the site's rp_id, whatever host or header it came by; no answer may be framed."""
    live = siege.redeemed()
    answer = live.joiner.client.request(
        "POST", "/api/claim/ceremony", {"handle": live.handle}, {"X-Forwarded-Host": "evil.test"}
    )
    assert answer.json["options"]["rp"]["id"] == siege.address.site
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
