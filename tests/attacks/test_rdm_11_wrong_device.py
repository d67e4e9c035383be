"""RDM-11: the wrong device, or one that pretends: a copied certificate, a spoofed record, another's serial."""

from collections.abc import Callable

from cryptography.x509.oid import ExtendedKeyUsageOID

from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.simulator.device_ca import DeviceAuthority
from tests.attacks.siege import Siege, told


def on_device(siege: Siege, bring: Callable[[str], bytes | None]) -> Live:
    """A case of somebody whose device has a certificate, at a device that brings what it makes of the serial."""
    person = siege.hire("certified")
    live = siege.open(person)
    certificate = bring(str(person.asset))
    live = live._replace(joiner=Joiner(siege.address, person.person, "Joy", siege.maker.authenticator(), certificate))
    siege.claim(live)
    return live


def test_only_the_assigned_devices_certificate_anchors(siege: Siege) -> None:
    """Another's, a stranger's of the same serial, one for servers, one that names none, and none at all tie nobody."""
    devices, impostor = siege.maker.devices, DeviceAuthority()
    brings: tuple[Callable[[str], bytes | None], ...] = (
        lambda serial: devices.certificate(f"{serial}-of-somebody-else"),
        impostor.certificate,
        lambda serial: devices.certificate(""),
        lambda serial: devices.certificate(serial, usage=ExtendedKeyUsageOID.SERVER_AUTH),
        lambda serial: b"\x30\x03\x02\x01\x01",
        lambda serial: None,
    )
    for bring in brings:
        live = on_device(siege, bring)
        with siege.nothing_changes():
            assert live.joiner.post("/certificate", live.handle).status in (400, 409)
        assert siege.shown(live)["anchor"] is None
        assert "ClaimAnchored" not in siege.facts(live)
    honest = on_device(siege, devices.certificate)
    siege.anchor(honest)


def test_a_certificate_issued_by_another_authority_for_this_very_device_is_none(siege: Siege) -> None:
    """The serial is right, the name is right, the key is somebody else's authority's."""
    person = siege.hire("certified")
    live = siege.open(person)
    forged = DeviceAuthority().certificate(str(person.asset))
    joiner = Joiner(siege.address, person.person, "Joy", siege.maker.authenticator(), forged)
    live = live._replace(joiner=joiner)
    siege.claim(live)
    with siege.nothing_changes():
        assert told(joiner.post("/certificate", live.handle)) == (409, "certificate-wrong")


def test_what_a_device_says_of_itself_does_not_count(siege: Siege) -> None:
    """Serial, name and a report of health in headers and body are not read; the honest device's certificate is."""
    person = siege.hire("certified")
    live = siege.open(person)
    honest = live.joiner
    siege.claim(live)
    talker = siege.browser_of(honest)
    said = {"X-Device-Serial": str(person.asset), "X-Compliance": "true", "X-SSL-Client-Verify": "SUCCESS"}
    with siege.nothing_changes():
        answer = talker.request("POST", "/api/claim/certificate", {"handle": live.handle}, said)
        assert told(answer) == (409, "certificate-missing")
        more = talker.request("POST", "/api/claim/certificate", {"handle": live.handle, "serial": str(person.asset)})
        assert told(more) == (400, "body-malformed")
    siege.anchor(live)
    assert siege.last(live)["asset"] == person.asset


def test_a_right_certificate_on_another_claim_is_a_rival(siege: Siege) -> None:
    """Somebody with the assigned device, on a case that another device claimed, is turned away and anchors nothing."""
    live = on_device(siege, lambda serial: None)
    person = siege.recorded(live.joiner.person)
    with_certificate = siege.joiner(person)
    answer = with_certificate.post("/certificate", live.handle)
    assert told(answer) == (409, "another-device-claimed")
    assert "ClaimAnchored" not in siege.facts(live)


def test_an_inventory_cannot_make_a_device_trusted(siege: Siege) -> None:
    """Somebody calls their own laptop managed in the record today: for a fortnight it opens the strict path alone."""
    person = siege.hire("own")
    siege.record(siege.changed(person, facts={**person.facts, "device": "managed"}, asset="LT-forged"))
    live = siege.open(person)
    assert live.path == "own_or_shared_device"
    assert told(live.joiner.post("/pass", live.handle)).status == 409
