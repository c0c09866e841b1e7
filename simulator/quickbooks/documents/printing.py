"""A document as PDF: one plain page, written by hand, valid for any reader."""

from __future__ import annotations

from ..company import Company, Obj
from ..entities.entity import Params
from ..references import name_of
from .form import Form

MOST_LINES = 40
_LEFT, _TOP, _LEADING = 56, 780, 16


def pdf(form: Form, company: Company, stored: Obj, params: Params) -> bytes:
    return _file(_stream(_text(form, company, stored)))


def _text(form: Form, company: Company, row: Obj) -> list[str]:
    head = f"{form.name} {row.get('DocNumber') or row['Id']}"
    lines = [_company_name(company), head, f"Date {row.get('TxnDate', '')}", _party(company, row), ""]
    counted = (line for line in row.get("Line") or () if line.get("Amount") is not None)
    lines += [f"{line.get('Description') or line.get('DetailType', '')}   {line['Amount']}" for line in counted]
    lines += ["", f"Total {row.get('TotalAmt', 0)} {(row.get('CurrencyRef') or {}).get('value', '')}"]
    if "Balance" in row:
        lines.append(f"Balance {row['Balance']}")
    return lines[:MOST_LINES]


def _company_name(company: Company) -> str:
    for row in company.table("CompanyInfo").all():
        return str(row.get("CompanyName", ""))
    return ""


def _party(company: Company, row: Obj) -> str:
    for field, table in (("CustomerRef", "Customer"), ("VendorRef", "Vendor")):
        party = company.table(table).get((row.get(field) or {}).get("value", ""))
        if party:
            return f"For {name_of(party)}"
    return ""


def _stream(lines: list[str]) -> bytes:
    shown = b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in lines)
    return b"BT /F1 11 Tf %d TL %d %d Td\n" % (_LEADING, _LEFT, _TOP) + shown + b"ET\n"


def _escaped(line: str) -> bytes:
    raw = line.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(stream: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(made))
    )
