"""An address that mail can be sent to, as far as its letters tell."""

from __future__ import annotations

from kz_admin.domain.failures import Wrong

LONGEST = 254


def checked(text: str) -> str:
    """The address without outer space; whether anybody reads there is found out by writing."""
    email = text.strip()
    person, _, host = email.rpartition("@")
    if not person or not _is_host(host) or not email.isprintable() or " " in email:
        raise Wrong("email", "Give an e-mail address such as name@example.com.")
    if len(email) > LONGEST:
        raise Wrong("email", f"An e-mail address can have at most {LONGEST} characters.")
    return email


def _is_host(host: str) -> bool:
    return "." in host.strip(".") and ".." not in host and not host.startswith((".", "-"))
