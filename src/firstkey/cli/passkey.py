"""A passkey at the command line: a security key on USB, asked as a browser would ask it.

A key that lives in a browser or a phone signs on the page; here only what is plugged in can.
"""

from enum import Enum
from typing import Any, Protocol

import click

from firstkey.cli.telling import lay_out
from firstkey.values.canonical import Json
from firstkey.values.errors import Refused, Says


class PasskeyReason(Enum):
    """Why nothing was signed."""

    NoSecurityKey = Says("No security key is plugged in.", "Plug in the key that you sign in with, and try again.")
    NotSigned = Says("The security key has not signed.", "Try again with a key of yours; touch it when it blinks.")


class Passkey(Protocol):
    """Signs what a server asks to be signed."""

    def authenticate(self, options: Json, origin: str) -> Json:
        """Return an AuthenticationResponseJSON over PublicKeyCredentialRequestOptionsJSON, for a page's origin.

        Raises:
            Refused: as `PasskeyReason`.
        """


class SecurityKey:
    """The first security key on USB; a `Passkey`. Its PIN is asked for where it wants one."""

    def authenticate(self, options: Json, origin: str) -> Json:
        """Ask the key, and wait for its holder's touch."""
        from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client, UserInteraction
        from fido2.hid import CtapHidDevice
        from fido2.webauthn import PublicKeyCredentialRequestOptions

        class AtTheTerminal(UserInteraction):
            """Speaks with whoever sits here."""

            def prompt_up(self) -> None:
                """Say that the key waits."""
                click.echo("Touch your security key.", err=True)

            def request_pin(self, *_: Any) -> str | None:
                """Ask for the key's PIN; nothing is shown while it is typed."""
                pin: str = click.prompt("PIN of your security key", hide_input=True, err=True)
                return pin

            def request_uv(self, *_: Any) -> bool:
                """Say that the key wants to see its holder."""
                click.echo("Show the key that it is you.", err=True)
                return True

        device = next(iter(_devices(CtapHidDevice)), None)
        if device is None:
            raise Refused(PasskeyReason.NoSecurityKey)
        rp_id = options["rpId"]
        collector = DefaultClientDataCollector(origin, verify=lambda asked, _: asked == rp_id)
        client = Fido2Client(device, collector, AtTheTerminal())
        try:
            asked: Any = PublicKeyCredentialRequestOptions.from_dict(options)
            chosen = client.get_assertion(asked)
        except ClientError as error:
            raise Refused(PasskeyReason.NotSigned, error.code.name.lower().replace("_", " ")) from error
        return dict(chosen.get_response(0))


def _devices(kind: Any) -> list[Any]:
    """Return what is plugged in; a system without such devices has none."""
    try:
        return list(kind.list_devices())
    except OSError as error:
        click.echo(lay_out(f"USB cannot be read: {error}."), err=True)
        return []
