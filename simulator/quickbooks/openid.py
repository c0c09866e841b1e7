"""The little of OpenID Connect that Intuit offers: an id token, its keys, and who the person is."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Response

from simulator.frame.edge import Exchange
from simulator.frame.grants import Grant
from simulator.frame.world import World

from .gateway import GatewayFault, bearer_grant

KEY_ID = "OpenIdSigningKey"


@cache
def _key() -> rsa.RSAPrivateKey:
    """Made when first needed; tokens signed before a restart cannot be checked after it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwks() -> dict[str, Any]:
    public = _key().public_key().public_numbers()
    key = {"kty": "RSA", "e": _number(public.e), "use": "sig", "kid": KEY_ID, "alg": "RS256", "n": _number(public.n)}
    return {"keys": [key]}


def id_token(grant: Grant, base: str, now_ms: int) -> str:
    header = {"kid": KEY_ID, "typ": "JWT", "alg": "RS256"}
    now = now_ms // 1000
    claims = {
        "sub": grant.person,
        "aud": [grant.client_id],
        "realmid": grant.company_id,
        "auth_time": grant.consented_at // 1000,
        "iss": f"{base}/quickbooks/op/v1",
        "exp": now + 3600,
        "iat": now,
    }
    signed = ".".join(_text(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    signature = _key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_text(signature)}"


def userinfo(world: World, exchange: Exchange) -> Response:
    try:
        grant = bearer_grant(world, exchange)
    except GatewayFault as fault:
        return fault.response(world.clock.now_ms())
    person = world.people.get("quickbooks", grant.person)
    about: dict[str, Any] = {"sub": grant.person}
    if person is not None:
        given, _, family = person.name.partition(" ")
        if "profile" in grant.scopes:
            about |= {"givenName": given, "familyName": family}
        if "email" in grant.scopes:
            about |= {"email": person.email, "emailVerified": True}
    return Response(json.dumps(about), content_type="application/json")
