"""Which addresses that people typed may be called from inside our network (A55). Pure: resolving is somebody else's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST = 500
HTTPS = 443
LEAST_FREE_PORT = 1024  # below it live mail servers and the like; 443 is the web's
NAME = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII
)
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# IPv6 that carries an IPv4 address inside and would reach what we refuse, and the private range of old.
_CARRIERS = tuple(
    IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")
)


class Forbidden(Exception):
    """The sentence says what is the matter, in words of the person who typed it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, repr=False)
class Target:
    """An address taken apart. Its path is a secret: whoever has it can write there."""

    secure: bool
    host: str
    port: int
    path: str

    def __repr__(self) -> str:
        return f"Target(host={self.host!r}, port={self.port})"


def target(text: str, *, loopback: bool = False) -> Target:
    """`loopback`: development may call this machine, and without TLS."""
    if not text or len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise Forbidden("This is no web address. Copy it whole from your chat, beginning with https://.")
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise Forbidden("This is no web address. Copy it whole from your chat, beginning with https://.") from None
    here = loopback and host in LOOPBACK_NAMES
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise Forbidden("The address has to begin with https://.")
    if "@" in parts.netloc or parts.fragment:
        raise Forbidden("The address may hold no user name, no password and no # part.")
    if not here and not NAME.fullmatch(host):
        raise Forbidden("The address has to name a host on the internet, such as hooks.slack.com, not a number.")
    secure = parts.scheme == "https"
    chosen = port if port is not None else HTTPS if secure else 80
    if chosen != HTTPS and chosen < LEAST_FREE_PORT and not here:
        raise Forbidden("Chats take messages on port 443. Leave the port out.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, chosen, path)


def is_public(text: str, *, loopback: bool = False) -> bool:
    """Whether an address that a name resolved to is on the open internet."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if "%" in text:
        return False  # of one link only
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if loopback and address.is_loopback:
        return True
    if isinstance(address, IPv6Address) and any(address in carrier for carrier in _CARRIERS):
        return False
    return _is_global(address)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not odd and not address.is_private and not address.is_link_local
