"""Addresses on a sales document: the customer's, or what was written, squeezed into lines."""

from __future__ import annotations

from .. import addresses
from ..company import Obj
from .form import Draft

FIELDS = ("BillAddr", "ShipAddr")
_LINES = ("Line1", "Line2", "Line3", "Line4", "Line5")
_PARTS = (*_LINES, "City", "CountrySubDivisionCode", "PostalCode", "Country")


def settle(draft: Draft, customer: Obj | None) -> None:
    """The place of delivery is remembered in full (`_ship_to`): automated tax needs it, the answer loses it."""
    for name in FIELDS:
        sent, own = draft.sent.get(name), (customer or {}).get(name)
        if sent:
            draft.fields[name] = _written(draft, name, sent, own)
        elif draft.is_new and own:
            draft.fields[name] = dict(own)
        if name == "ShipAddr" and (sent or draft.is_new):
            _remember(draft, sent or own)


def _remember(draft: Draft, address: Obj | None) -> None:
    if address and (address.get("CountrySubDivisionCode") or "_ship_to" not in draft.fields):
        draft.fields["_ship_to"] = _parts(address)


def _written(draft: Draft, name: str, sent: Obj, own: Obj | None) -> Obj | None:
    """Equal to what is there or to the customer's: that one. Anything else comes back as lines."""
    held = (draft.stored or {}).get(name)
    for known in (held, own):
        if known and _parts(sent) == _parts(known):
            return dict(known)
    return addresses.kept(draft.company, squeezed(sent), held)


def _parts(address: Obj) -> Obj:
    parts = {key: address[key] for key in _PARTS if address.get(key)}
    if "Country" in parts:
        parts["Country"] = addresses.alpha3(parts["Country"])
    return parts


def squeezed(address: Obj) -> Obj:
    """`900 Main St.` / `Middlefield, CA  94303 USA`: the parts in lines, the last of them the town."""
    lines = [address[key] for key in _LINES if address.get(key)]
    town = _town(_parts(address))
    if town:
        lines.append(town)
    if len(lines) > len(_LINES):
        lines = [*lines[:4], ", ".join(lines[4:])]
    return dict(zip(_LINES, lines, strict=False))


def _town(parts: Obj) -> str:
    region = "  ".join(parts[key] for key in ("CountrySubDivisionCode", "PostalCode") if parts.get(key))
    place = ", ".join(each for each in (parts.get("City"), region) if each)
    return " ".join(each for each in (place, parts.get("Country")) if each)
