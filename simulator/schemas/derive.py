"""Derive `quickbooks.json` from the published XSD: `python -m simulator.schemas.derive`.

The simulator reads the small derived file; a test derives it again and compares.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCES = ("IntuitBaseTypes", "IntuitNamesTypes", "Finance", "IntuitRestServiceDef", "SalesTax")
TARGET = HERE / "quickbooks.json"
XS = "{http://www.w3.org/2001/XMLSchema}"


def derive() -> dict[str, Any]:
    """`types`: base, fields as [name, type, many], attributes, text; `simple`: base and, for enumerations, values."""
    types: dict[str, Any] = {}
    simple: dict[str, Any] = {}
    for source in SOURCES:
        root = ET.parse(HERE / "quickbooks" / f"{source}.xsd").getroot()  # noqa: S314 - our own file
        for node in root:
            if node.tag == f"{XS}complexType":
                types[node.attrib["name"]] = _complex(node)
            elif node.tag == f"{XS}simpleType":
                simple[node.attrib["name"]] = _simple(node)
    return {"types": dict(sorted(types.items())), "simple": dict(sorted(simple.items()))}


def _complex(node: ET.Element) -> dict[str, Any]:
    extension = node.find(f".//{XS}extension")
    made: dict[str, Any] = {}
    if extension is not None:
        in_text = node.find(f"{XS}simpleContent") is not None
        made["text" if in_text else "base"] = extension.attrib["base"]
    made["fields"] = [
        [each.attrib["name"], each.attrib.get("type", "xs:string"), each.get("maxOccurs") == "unbounded"]
        for each in node.iter(f"{XS}element")
        if "name" in each.attrib
    ]
    attributes = [[a.attrib["name"], a.attrib.get("type", "xs:string")] for a in node.iter(f"{XS}attribute")]
    if attributes:
        made["attributes"] = attributes
    if node.find(f".//{XS}any") is not None:
        made["open"] = True
    return made


def _simple(node: ET.Element) -> dict[str, Any]:
    restriction = node.find(f"{XS}restriction")
    if restriction is None:
        return {"base": "xs:string"}
    values = [each.attrib["value"] for each in restriction.findall(f"{XS}enumeration")]
    made: dict[str, Any] = {"base": restriction.attrib["base"]}
    return {**made, "values": values} if values else made


def text() -> str:
    return json.dumps(derive(), separators=(",", ":"), sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
