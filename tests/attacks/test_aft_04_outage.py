"""AFT-04: a recall during an outage stays local, or is undone by what came before it."""

from firstkey.demo.people import done
from firstkey.destinations.handover_simulator import HONEST, Conduct
from firstkey.values.instants import HOUR
from tests.attacks.siege import Siege

OPERATIONS = ("suspend", "recall", "restore", "read_back")


def recall(siege: Siege, credential: str) -> str:
    """Two administrators recall a key; return the recall's id."""
    desk, other = siege.cast.requester, siege.cast.proofer
    node, value = "credential", credential
    digest = done(desk.client.request("GET", f"/api/provenance?node={node}&value={value}"), "provenance")["digest"]
    signed = [each.sign("recall_credentials", names=(node, value, digest)) for each in (desk, other)]
    body = {"node": node, "value": value, "digest": digest, "signed": signed}
    return str(done(desk.post("/api/recalls", body), "recall")["recall"])


def red(siege: Siege, recalled: str) -> list[tuple[str, bool]]:
    """Return how far a recall has come, and whether it is still red."""
    report = done(siege.cast.requester.client.request("GET", f"/api/recalls/{recalled}"), "report")
    return [(row["progress"], row["red"]) for row in report["credentials"]]


def green(siege: Siege, recalled: str) -> None:
    """Let time go by until nothing of a recall is red, and fail if it stays so."""

    def is_green() -> bool:
        siege.later(HOUR)
        return [is_red for _, is_red in red(siege, recalled)] == [False]

    siege.until(is_green)


def test_it_stays_red_until_it_is_read_back_as_gone(siege: Siege) -> None:
    """While the destination does not answer the recall is told as red, is out of use here, and is carried out after."""
    live, credential = siege.handed_over()
    page = siege.page
    assert page.opens(credential)
    page.behave(Conduct(fails_before=OPERATIONS))
    try:
        recalled = recall(siege, credential)
        person = siege.recorded(live.joiner.person)
        assert siege.credentials(person)[-1] == "CredentialRecalled"
        assert [is_red for _, is_red in red(siege, recalled)] == [True]
        assert page.opens(credential)
    finally:
        page.behave(HONEST)
    green(siege, recalled)
    assert not page.opens(credential)


def test_a_destination_that_lies_is_read_back(siege: Siege) -> None:
    """It says that it removed the key and did not: the recall stays red, and is tried until it is true."""
    _, credential = siege.handed_over()
    page = siege.page
    page.behave(Conduct(drops=("recall", "suspend")))
    try:
        recalled = recall(siege, credential)
        siege.later(HOUR)
        assert [is_red for _, is_red in red(siege, recalled)] == [True]
        assert page.opens(credential)
    finally:
        page.behave(HONEST)
    green(siege, recalled)
    assert not page.opens(credential)


def test_what_was_asked_survives_the_server(siege: Siege) -> None:
    """Killed right after it was acknowledged, the server carries the recall out when it runs again."""
    _, credential = siege.handed_over()
    page = siege.page
    page.behave(Conduct(fails_before=OPERATIONS))
    try:
        recalled = recall(siege, credential)
        siege.server.kill()
    finally:
        page.behave(HONEST)
    siege.server.start()
    siege.later(0)
    green(siege, recalled)
    assert not siege.page.opens(credential)
