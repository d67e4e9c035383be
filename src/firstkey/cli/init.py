"""`firstkey init`: a site's folder, its policy, and the founding code, printed once."""

import asyncio
import json
import sys
from importlib import resources
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firstkey.actions.founding import begin_founding
from firstkey.assembly import create_site, ledger_signer, open_site
from firstkey.cli.site_folder import named_site, site_option
from firstkey.cli.telling import lay_out, told
from firstkey.ledger.note import format_vkey
from firstkey.policy.load import load_policy
from firstkey.settings import FILE, Settings, read_settings
from firstkey.values.encoding import b64u

PORT_BEHIND_PROXY = 8443
SYMBOLS_A_GROUP = 4
WITNESS_MISSING = (
    "3. Paths with activation.cosigned wait for a witness, and this version has none: their keys stay pending. "
    "`firstkey policy check` marks them."
)


class Begun(NamedTuple):
    """What is printed once.

    Attributes:
        founding_code: normalised.
        recovery_private, recovery_public: Ed25519 (RFC 8032), 32 bytes each, base64url.
        ledger_key: the ledger's public key, in the form of C2SP signed-note.
    """

    settings: Settings
    founding_code: str
    recovery_private: str
    recovery_public: str
    ledger_key: str


def _policy(name: str) -> bytes:
    """Return the bytes of a policy file, or of a shipped policy, once it is known to load."""
    source = resources.files("firstkey") / "policies" / f"{name}.toml"
    shipped = name.isidentifier() and source.is_file()
    if not shipped and not Path(name).is_file():
        raise click.UsageError(f"There is no policy file {name!r}, and no shipped policy of that name.")
    document = source.read_bytes() if shipped else Path(name).read_bytes()
    load_policy(document)
    return document


def _asked(option: str, given: str | None, question: str, default: str | None = None) -> str:
    """Return what an option says; ask for it where somebody can answer."""
    if given is not None:
        return given
    if sys.stdin.isatty():
        return str(click.prompt(question, default=default))
    if default is None:
        raise click.UsageError(f"Missing option {option}: {question}.")
    return default


def _new_settings(origin: str | None, rp_id: str | None, name: str | None) -> Settings:
    """Return a new site's settings; the address decides what is not said."""
    origin = _asked("--origin", origin, "the page's address, https://join.example.org").rstrip("/")
    address = urlsplit(origin)
    host = address.hostname or ""
    rp_id = _asked("--rp-id", rp_id, "the passkeys' domain (rp_id), which can never change", host)
    name = _asked("--name", name, "the organisation's name, for people", host)
    try:
        port = address.port if address.scheme == "http" else None
    except ValueError:
        port = None  # create_site says what is wrong with the address
    return Settings(site=host, name=name, origin=origin, rp_id=rp_id, port=port or PORT_BEHIND_PROXY)


async def _begin(folder: Path, document: bytes) -> Begun:
    recovery = Ed25519PrivateKey.generate()
    public = b64u(recovery.public_key().public_bytes_raw())
    site, settings = open_site(folder)
    try:
        code = await begin_founding(site, document, public)
    finally:
        site.store.close()
    ledger_key = format_vkey(ledger_signer(folder, settings).verifier)
    return Begun(settings, code.reveal().decode(), b64u(recovery.private_bytes_raw()), public, ledger_key)


def _grouped(code: str) -> str:
    return "-".join(code[start : start + SYMBOLS_A_GROUP] for start in range(0, len(code), SYMBOLS_A_GROUP))


def _tell_json(folder: Path, begun: Begun) -> None:
    value = {
        "site": str(folder),
        "origin": begun.settings.origin,
        "rp_id": begun.settings.rp_id,
        "founding_code": begun.founding_code,
        "recovery_key": {"private": begun.recovery_private, "public": begun.recovery_public},
        "ledger_key": begun.ledger_key,
    }
    click.echo(json.dumps(value, indent=2))


def _tell(folder: Path, begun: Begun) -> None:
    settings = begun.settings
    click.secho(f"A site for {settings.name}, in {folder}", bold=True)
    click.echo(f"  page   {settings.origin}")
    click.echo(f"  rp_id  {settings.rp_id}")
    click.echo(
        lay_out("Every passkey is bound to the rp_id. It can never change; start over now if it is wrong.", "  ")
    )
    click.secho("\nFounding code, good for one hour and printed this once", bold=True)
    click.echo(f"  {_grouped(begun.founding_code)}")
    click.secho("\nRecovery key, private half (Ed25519, base64url), printed this once", bold=True)
    click.echo(f"  {begun.recovery_private}")
    why = (
        "Write it down and lock it away, not on this machine. It is for the day on which the keys of too many "
        "operators are lost; the site keeps only its public half. An earlier one of this site is void."
    )
    click.echo(lay_out(why, "  "))
    click.secho("\nThe ledger's public key, for whoever audits", bold=True)
    click.echo(f"  {begun.ledger_key}")
    click.secho("\nNext", bold=True)
    click.echo(lay_out(f"1. Run it: firstkey serve --site {folder}", "  ", "   "))
    found = (
        "2. Within the hour two to five people sit together; each enrolls with the founding code, then all of them "
        "sign the founding statement. Until then nothing but founding works. This version has no page for it: a "
        "program that makes passkeys does it over the API (/api/founding), as `firstkey demo` shows."
    )
    click.echo(lay_out(found, "  ", "   "))
    click.echo(lay_out(WITNESS_MISSING, "  ", "   "))
    click.echo(lay_out("4. If the hour passes, call init on this folder again: it prints a new code.", "  ", "   "))


@click.command("init")
@site_option
@click.option("--origin", metavar="URL", help="The page's address: https://join.example.org, http://localhost:8000.")
@click.option("--rp-id", metavar="DOMAIN", help="The passkeys' domain: the page's host or a parent. Never changes.")
@click.option("--name", help="The organisation's name, as people see it.")
@click.option("--policy", default="default", show_default=True, metavar="FILE|default|small_team", help="The policy.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@told()
def command(
    site: Path | None, origin: str | None, rp_id: str | None, name: str | None, policy: str, as_json: bool
) -> None:
    """Make a site and begin its founding.

    Asks for what is not said when somebody can answer. On a site whose founding is not over, prints a new code.
    """
    folder = named_site(site)
    if folder is None:
        raise click.UsageError("Where? Name the new site's folder with --site DIR or FIRSTKEY_SITE.")
    document = _policy(policy)
    if not (folder / FILE).exists():
        create_site(folder, _new_settings(origin, rp_id, name))
    elif (origin, rp_id, name) != (None, None, None):
        read_settings(folder)
        raise click.UsageError(f"{folder} is a site already; its address and names stand in {FILE}.")
    begun = asyncio.run(_begin(folder, document))
    (_tell_json if as_json else _tell)(folder, begun)
