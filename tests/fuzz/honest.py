"""One honest success of every operation, over HTTP, each by the people whose it is."""

from firstkey.demo import handover, steps
from firstkey.demo.people import Desk, done
from firstkey.demo.steps import Live
from firstkey.simulator.device import JoinerDevice
from firstkey.values.canonical import Json
from firstkey.values.encoding import sha256_hex, unb64u
from firstkey.values.instants import DAY, SECOND, rfc3339
from tests.attacks.siege import Siege


def everything(siege: Siege) -> None:
    """Let honest people do, once, everything that can be asked for."""
    for desk in siege.desks:
        desk.sign_in()
    look_around(siege)
    stop_and_go_on(siege)
    say_no(siege)
    take_over(siege)
    wait_at_the_counter(siege)
    lend_in_an_emergency(siege)
    add_a_key(siege)
    lose_a_destination(siege)
    suspend_and_recall(siege)
    delegate(siege)
    feed(siege)
    change_policy(siege)
    know_a_founder(siege)
    keep_sessions(siege)
    set_the_clock(siege)


def by_two(siege: Siege, live: Live, act: str, *names: str) -> list[Json]:
    """Two people without a part in a case sign an act on it."""
    return [siege.act(live, act, desk, *names) for desk in (siege.cast.confirmer, siege.second)]


def post(desk: Desk, path: str, **body: Json) -> Json:
    """Ask for something that must succeed."""
    return done(desk.post(path, body), path)


def get(desk: Desk, path: str) -> Json:
    """Look at something."""
    return done(desk.client.request("GET", path), path)


def look_around(siege: Siege) -> None:
    """Lists that everybody reads."""
    for path in ("cases", "operators", "sources", "delegations", "policies", "recalls", "sessions"):
        get(siege.cast.requester, f"/api/{path}")


def stop_and_go_on(siege: Siege) -> None:
    """A case is changed, held, and let go on; a device says that it was not the joiner, and a fraud is found."""
    live = siege.open()
    post(siege.cast.requester, f"{live.url}/revise", expires_at=siege.server.clock.now + DAY)
    post(siege.cast.requester, f"{live.url}/hold", signed=siege.act(live, "hold_case", siege.cast.requester))
    post(siege.cast.confirmer, f"{live.url}/lift", signed=by_two(siege, live, "lift_hold"))
    siege.claim(live)
    done(live.joiner.post("/not-me", live.handle), "not me")
    post(siege.cast.confirmer, f"{live.url}/fraud", signed=by_two(siege, live, "report_fraud"))


def say_no(siege: Siege) -> None:
    """Consent and evidence are taken back, a pass is revoked, a claim released, a case denied and one withdrawn."""
    live, _ = siege.armed("managed")
    post(siege.cast.requester, f"{live.url}/pass/revoke")
    steps.get_pass(live)
    withdrawn = siege.act(live, "withdraw_approval", siege.cast.approver)
    post(siege.cast.approver, f"{live.url}/approvals/withdraw", signed=withdrawn)
    withdrawn = siege.act(live, "withdraw_proofing", siege.cast.proofer)
    post(siege.cast.proofer, f"{live.url}/proofing/withdraw", signed=withdrawn)
    siege.proof(live)
    denied = siege.act(live, "deny_approval", siege.cast.approver)
    post(siege.cast.approver, f"{live.url}/approvals/deny", signed=denied)
    other = siege.open()
    siege.claim(other)
    steps.release(siege.cast, other)
    post(siege.cast.requester, f"{other.url}/withdraw")


def take_over(siege: Siege) -> None:
    """Another device, then another station, takes a case before its confirmer."""
    desk, live = siege.cast.confirmer, siege.open()
    siege.claim(live)
    shown = post(desk, f"{live.url}/start-codes")
    other = siege.joiner(siege.recorded(live.joiner.person))
    keys = other.device.bind_keys(live.handle)
    asked = {"start_code": shown["start_code"], "keys": keys}
    number = done(other.post("/takeover/start-code", live.handle, **asked), "scan")["number"]
    visit = get(desk, f"{live.url}/start-codes/{shown['id']}")
    signed = siege.act(live, "anchor_claim", desk, visit["claim"])
    post(desk, f"{live.url}/takeover", start_code=shown["id"], number=number, signed=signed)
    attended = siege.attended()
    claim = JoinerDevice().device_key[:22]
    station = siege.joiner(siege.recorded(attended.joiner.person))
    bound = {"keys": station.device.bind_keys(attended.handle), "claim": claim}
    signed = siege.act(attended, "claim_device", desk, claim)
    done(station.post("/takeover/station", attended.handle, **bound, signed=signed), "station")


def wait_at_the_counter(siege: Siege) -> None:
    """A code is shown to its deliverer; a passkey is made with it, by a device that was anchored in person."""
    _, revealed = siege.at_the_counter()
    assert revealed.status == 200
    siege.completed("certified")


def lend_in_an_emergency(siege: Siege) -> None:
    """An emergency is reviewed by somebody without a part in it."""
    live = siege.open("managed", "emergency")
    post(siege.cast.requester, f"{live.url}/withdraw")
    outcome = "in order"
    signed = siege.act(live, "record_review", siege.second, outcome)
    post(siege.second, f"{live.url}/review", outcome=outcome, signed=signed)


def add_a_key(siege: Siege) -> None:
    """A key that an account holds authorises the next."""
    first = siege.completed()
    person = siege.recorded(first.joiner.person)
    live = siege.open(person, "add_key")
    joiner = first.joiner
    joiner.device = JoinerDevice()
    joiner.client.prover = joiner.device.prove
    done(joiner.claim(live.handle), "claim")
    done(joiner.vouch(live.handle, live.case), "own key")


def lose_a_destination(siege: Siege) -> None:
    """A native pass is minted, used and gone; another's destination is given up by two administrators."""
    siege.handed_over()
    live = siege.redeemed("tenant")
    native = handover.get_native(live)
    more = siege.enlist("administrator")
    names = (str(siege.shown(live)["native"]),)
    signed = [siege.act(live, "declare_destination_lost", desk, *names) for desk in (siege.cast.confirmer, more)]
    assert native
    post(siege.cast.confirmer, f"{live.url}/destination-lost", native=names[0], signed=signed)


def suspend_and_recall(siege: Siege) -> None:
    """A key is suspended by one, given back by two, and all that rests on its case recalled."""
    live, desk, other = siege.completed(), siege.cast.requester, siege.cast.proofer
    account, credential = siege.recorded(live.joiner.person).account, siege.shown(live)["credential"]
    named = {"account": account, "credential": credential}
    signed = desk.sign("suspend_credential", names=(account, credential))
    post(desk, "/api/credentials/suspend", **named, signed=signed)
    both = [each.sign("restore_credential", account, 0, names=(credential,)) for each in (desk, other)]
    post(desk, "/api/credentials/restore", **named, signed=both)
    digest = get(desk, f"/api/provenance?node=case&value={live.case}")["digest"]
    names = ("case", live.case, digest)
    signed = [desk.sign("recall_credentials", names=names)]
    begun = post(desk, "/api/recalls", node="case", value=live.case, digest=digest, signed=signed)
    get(desk, f"/api/recalls/{begun['recall']}")
    signed = other.sign("confirm_recall", names=(begun["recall"], begun["digest"]))
    post(other, f"/api/recalls/{begun['recall']}/confirm", signed=signed)


def delegate(siege: Siege) -> None:
    """Duties are granted, lent, taken back; a limit is lifted."""
    desk, to = siege.cast.approver, siege.enlist("requester")
    done(siege.withdraw_duty(to, "requester"), "withdraw duty")
    ends_at = siege.server.clock.now + DAY
    names = (siege.cast.confirmer.person, "requester", "everything", f"until {rfc3339(ends_at)}")
    lent = {"delegate": names[0], "duties": ["requester"], "ends_at": ends_at}
    given = post(desk, "/api/delegations", **lent, signed=desk.sign("give_delegation", names=names))["delegation"]
    ending = desk.sign("end_delegation", names=(given,))
    post(desk, "/api/delegations/end", delegation=given, signed=ending)
    person, act = siege.cast.proofer.person, "record_proofing"
    lifting = desk.sign("lift_velocity", names=(person, act))
    post(desk, "/api/velocity/lift", person=person, act=act, signed=lifting)


def feed(siege: Siege) -> None:
    """Sources of people, of devices and of checks feed by their keys, one opens a case, and all are ended."""
    live = siege.open("remote")
    check = {
        "case": live.case,
        "method": "vendor_check_injection_resistant",
        "level": 3,
        "commitment": sha256_hex(live.case.encode()),
        "proofed_at": siege.server.clock.now,
    }
    row = {"person": "live-1", "account": "live:1", "user_name": "li", "display_name": "Li"}
    asset = {"serial": "LT-LIVE", "model": "any", "assigned_to": None, "managed": True}
    for name, speaks_of, asked in (
        ("hr-live", "people", {"": {"people": [row]}, "cases": {"account": "live:1"}, "/present": {"present": []}}),
        ("mdm-live", "assets", {"": {"assets": [asset]}}),
        ("checks-live", "proofing", {"": check}),
    ):
        client, key = siege.stranger(), JoinerDevice()
        client.prover = key.prove
        names = (name, speaks_of, "rank: 30", key.device_key)
        signed = [desk.sign("register_source", names=names) for desk in (siege.cast.requester, siege.cast.proofer)]
        source = {"name": name, "speaks_of": speaks_of, "rank": 30, "key": key.device_key}
        post(siege.cast.requester, "/api/sources/register", **source, signed=signed)
        for to, body in asked.items():
            path = f"/api/sources/{to}" if to == "cases" else f"/api/sources/{speaks_of}{to}"
            done(client.request("POST", path, body), path)
        ending = siege.cast.approver.sign("end_source", names=(name,))
        post(siege.cast.approver, "/api/sources/end", name=name, signed=ending)


def change_policy(siege: Siege) -> None:
    """A policy that weakens is proposed, signed by another, and withdrawn while it waits."""
    desk, other = siege.cast.requester, siege.cast.proofer
    policy = get(desk, "/api/policies")["in_force"]
    text = get(desk, f"/api/policies/{policy}")["document"]
    laxer = text.replace('name = "managed_device_new"\n', 'name = "managed_device_new"\ntries = 5\n')
    digest = sha256_hex(laxer.encode())
    proposing = desk.sign("propose_policy", names=(digest,))
    post(desk, "/api/policies/propose", document=laxer, signed=proposing)
    both = {"policy": digest, "against": policy}
    post(other, "/api/policies/sign", **both, signed=other.sign("sign_policy", names=(digest, policy)))
    post(desk, "/api/policies/withdraw", **both, signed=desk.sign("withdraw_policy", names=(digest, policy)))


def know_a_founder(siege: Siege) -> None:
    """Two say who a founder is in the sources' words."""
    founder, person = siege.cast.approver, siege.hire()
    names = (founder.person, person.person)
    signed = [desk.sign("identify_founder", names=names) for desk in (siege.cast.requester, siege.cast.proofer)]
    post(siege.cast.requester, "/api/founders/identify", founder=names[0], person=names[1], signed=signed)
    founder.person = person.person
    founder.sign_in()


def keep_sessions(siege: Siege) -> None:
    """Somebody steps up, ends another session of theirs, and signs out."""
    desk = siege.cast.proofer
    old = Desk(siege.address, desk.name, desk.operator.authenticator)
    old.person = desk.person
    old.sign_in()
    begun = post(desk, "/api/sign-in/options")
    assertion = desk.operator.sign_in(unb64u(begun["statement"]), begun["options"])
    post(desk, "/api/sign-in/step-up", signed={"digest": begun["digest"], "assertion": assertion})
    mine = get(desk, "/api/sessions")["sessions"]
    post(desk, "/api/sessions/end", session=next(each["session"] for each in mine if not each["here"]))
    post(desk, "/api/sign-out")
    desk.sign_in()


def set_the_clock(siege: Siege) -> None:
    """Two sign the right time when the clocks disagree; then the epoch is raised, which ends every session."""
    desk, other = siege.cast.requester, siege.cast.proofer
    instant = siege.server.clock.now + SECOND
    siege.server.clock.set_by(-60 * SECOND)
    signed = [each.sign("sign_time", names=(rfc3339(instant),)) for each in (desk, other)]
    post(desk, "/api/clock", instant=instant, signed=signed)
    siege.server.clock.agree()
    epoch = int(siege.rows("SELECT count(*) FROM facts WHERE kind = 'EpochRaised'")[0][0]) + 2
    post(desk, "/api/epoch", epoch=epoch, signed=desk.sign("raise_epoch", names=(str(epoch),)))
