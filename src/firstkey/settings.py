"""A site's settings: `firstkey.toml`, read strictly. Secrets stand in files of their own, never here."""

import re
import tomllib
from enum import Enum
from pathlib import Path
from typing import Literal

import msgspec

from firstkey.values.errors import Malformed, Says

FILE = "firstkey.toml"
DESTINATIONS = "destinations"
DEVICE_CA = "device-ca.pem"
"""The CAs of managed devices' client certificates, beside the settings, where a site has such devices."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*")
"""Neither an address in numbers nor a single word; whether a domain is everybody's (`co.uk`) the browser knows."""
_DESTINATION = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
PORT_MAX = 65_535
_PORTS_LEFT_OFF = {"https": "443", "http": "80"}


class SettingsReason(Enum):
    """What is wrong with a site's settings."""

    SettingsMissing = Says("There is no firstkey.toml in this folder.", "Make a site with `firstkey init --site DIR`.")
    SettingsWrong = Says("firstkey.toml cannot be used.", "Correct the line named.")


class DestinationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A destination beside `local`. The one kind so far is simulated, and taken on localhost alone."""

    kind: Literal["handover_simulator"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says.

    Attributes:
        site: the site's id; it stands in every statement and case, and never changes.
        name: the organisation, for people.
        origin: the origin of the page, `https://join.example.org`.
        rp_id: the relying party's domain: the page's host or a parent of it. It can never change.
        host, port: where the server listens.
        proxy_socket: path of a Unix socket, from the site's folder on, where a trusted proxy speaks: what it says there
            of a device's certificate (RFC 9440) and of a caller's address is believed. Empty for none.
        destinations: `[destinations.NAME]`, by the name that policies use, beside `local`.
    """

    site: str
    name: str
    origin: str
    rp_id: str
    host: str = "127.0.0.1"
    port: int = 8443
    proxy_socket: str = ""
    destinations: dict[str, DestinationSettings] = {}


def _line_of(text: str, key: str) -> int:
    found = (number for number, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[?{re.escape(key)}\b", line))
    return next(found, 1)


def _wrong(text: str, key: str, what: str) -> Malformed:
    return Malformed(SettingsReason.SettingsWrong, f"{FILE}:{_line_of(text, key)}: {key}: {what}")


def read_settings(folder: Path) -> Settings:
    """Read a site's settings.

    Raises:
        Malformed: SettingsMissing, or SettingsWrong with the line.
    """
    path = folder / FILE
    if not path.exists():
        raise Malformed(SettingsReason.SettingsMissing, str(folder))
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(SettingsReason.SettingsWrong, f"{FILE}: it is not UTF-8") from error
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(SettingsReason.SettingsWrong, f"{FILE}: {error}") from error
    except msgspec.ValidationError as error:
        named = re.search(r"`\$?\.?(\w+)`", str(error))
        raise _wrong(text, named.group(1) if named else "", str(error)) from error
    check_settings(settings, text)
    return settings


def check_settings(settings: Settings, text: str = "") -> None:
    """Refuse settings under which WebAuthn cannot work, or that would send people in the clear.

    Raises:
        Malformed: SettingsWrong.
    """
    scheme, _, host = settings.origin.partition("://")
    name, colon, port = host.partition(":")
    if scheme != "https" and name != "localhost":
        raise _wrong(text, "origin", "write an https address, or http://localhost for a trial")
    if scheme not in _PORTS_LEFT_OFF or _NAME.fullmatch(name) is None:
        raise _wrong(text, "origin", "write scheme and host alone, in lower case, without a path")
    if colon and (_PORT.fullmatch(port) is None or int(port) > PORT_MAX or port == _PORTS_LEFT_OFF[scheme]):
        raise _wrong(text, "origin", "write a port as browsers do: 1 to 65535, left off where it is the usual one")
    if name != "localhost" and _DOMAIN.fullmatch(settings.rp_id) is None:
        raise _wrong(text, "rp_id", "write a domain of your own, as join.example.org; no browser takes this one")
    if _NAME.fullmatch(settings.rp_id) is None or not (name == settings.rp_id or name.endswith("." + settings.rp_id)):
        raise _wrong(text, "rp_id", "write the page's host, or a domain that it ends in")
    if not 1 <= settings.port <= PORT_MAX:
        raise _wrong(text, "port", "write a number from 1 to 65535")
    if not settings.name.strip() or not settings.name.isprintable():
        raise _wrong(text, "name", "write the organisation's name, as people know it")
    if _NAME.fullmatch(settings.site) is None:
        raise _wrong(text, "site", "write lower-case letters, digits, dots and hyphens")
    for destination in settings.destinations:
        if destination == "local" or _DESTINATION.fullmatch(destination) is None:
            raise _wrong(text, f"destinations.{destination}", "write lower-case words joined by underscores, not local")
        if settings.rp_id != "localhost":
            raise _wrong(text, f"destinations.{destination}", "it is simulated; write it on a trial on localhost alone")


def destination_file(folder: Path, name: str) -> Path:
    """Return where a simulated destination keeps its state, in a site's folder."""
    return folder / DESTINATIONS / f"{name}.sqlite"


def format_settings(settings: Settings) -> str:
    """Return the file's text."""
    plain = (name for name in settings.__struct_fields__ if name != "destinations")
    lines = [f"{name} = {msgspec.json.encode(getattr(settings, name)).decode()}" for name in plain]
    for name, destination in settings.destinations.items():
        lines += ["", f"[destinations.{name}]", f'kind = "{destination.kind}"']
    return "\n".join(lines) + "\n"
