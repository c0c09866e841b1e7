"""What the studio sold in the last five months, and how it was paid."""

from __future__ import annotations

from typing import Any

from ...operations import UploadPart, upload
from ..clerk import Clerk
from ..paper import Paper

# Days ago, label, customer, lines, terms (none: the customer's own, else the company's).
INVOICES = (
    (148, "i01", "Juniper & Rye Bakery", "Design*14, Print run*2", ""),
    (145, "i02", "Blue Heron Outfitters:Spring catalogue", "Design*40, Photography*12, Copywriting*9", "Net 30"),
    (141, "i03", "Halvorsen Dental", "Web development*22, Hosting*12", ""),
    (137, "i04", "Marigold Yoga", "Workshop*1", "Due on receipt"),
    (133, "i05", "Copperline Brewing:Label series", "Illustration*18, Design*6", "Net 30"),
    (129, "i06", "Ada Lindqvist", "Poster A2*6, Notebook*10", ""),
    (124, "i07", "Palisade Legal Group:Annual report", "Design*36, Copywriting*20, Project management*8", ""),
    (120, "i08", "Meridian Freight:Fleet lettering", "Design*25, Stock photograph*4", ""),
    (115, "i09", "Tidewater Museum:Exhibition 12", "Design*48, Illustration*20, Print run*4", "Net 60"),
    (110, "i10", "Redwood Cabinetry", "Web development*30", "Net 30"),
    (104, "i11", "Lantern Theatre:Season posters", "Illustration*16, Print run*3", "Net 30"),
    (99, "i12", "Fernhill Farm", "Design*10, Print run*1", "Net 15"),
    (95, "i13", "Fernhill Farm Shop", "Canvas tote*60@18, Notebook*40@11.5", "Net 15"),
    (90, "i14", "Zsófia Kertész", "Illustration*5", ""),
    (86, "i15", "Nakamura Ceramics", "Photography*9, Web development*14", "Net 30"),
    (82, "i16", "Whitcombe & Daughters", "Design*20, Copywriting*6", "Net 30"),
    (77, "i17", "Pinecrest School District", "Workshop*3, Notebook*150@9", ""),
    (71, "i18", "Copperline Brewing:Label series:Winter ale", "Illustration*11, Rush fee*1", "Net 30"),
    (66, "i19", "O'Hanlon Roofing", "Web development*18, Hosting*6", "Net 30"),
    (61, "i20", "Sunday Supper Club", "Design*7, Enamel pin*50@6.4", ""),
    (57, "i21", "Blue Heron Outfitters:Web shop", "Web development*64, Project management*12", "Net 30"),
    (52, "i22", "Juniper & Rye Bakery", "Design*6, Canvas tote*80@17.5", ""),
    (47, "i23", "Saltmarsh Ferry Company", "Design*28", "Net 30"),
    (43, "i24", "Old Orchard Library Friends", "Poster A2*12, Enamel pin*30", "Net 30"),
    (38, "i25", "Garnet Street Pharmacy", "Print run*5@455", "Net 30"),
    (33, "i26", "Luca Pellegrino", "Hours*3.5", ""),
    (29, "i27", "Halvorsen Dental", "Hosting*6, Web development*4", ""),
    (24, "i28", "Palisade Legal Group", "Hours*16", ""),
    (19, "i29", "Theo Abernathy-Cole", "Illustration*8", "Net 15"),
    (15, "i30", "Lantern Theatre", "Photography*6", "Net 30"),
    (11, "i31", "Meridian Freight", "Design*12, Print run*2", ""),
    (8, "i32", "Violet Ostrander", "Poster A2*3", ""),
    (6, "i33", "Marigold Yoga", "Web development*9.5", "Net 30"),
    (4, "i34", "Nakamura Ceramics", "Photography*4, Rush fee*1", "Net 30"),
    (2, "i35", "Copperline Brewing", "Hours*7.25", "Net 30"),
    (1, "i36", "Tidewater Museum", "Workshop*2", "Net 60"),
)
# Days ago, label, customer, invoices with amounts (none: all of it), method, straight to the bank.
PAYMENTS = (
    (139, "p01", "Juniper & Rye Bakery", (("i01", ""),), "Check", False),
    (136, "p02", "Marigold Yoga", (("i04", ""),), "Visa", True),
    (126, "p03", "Halvorsen Dental", (("i03", "1500"),), "Check", False),
    (118, "p04", "Blue Heron Outfitters:Spring catalogue", (("i02", ""),), "Bank transfer", True),
    (116, "p05", "Ada Lindqvist", (("i06", ""),), "Cash", False),
    (102, "p06", "Copperline Brewing:Label series", (("i05", ""),), "Check", False),
    (96, "p07", "Palisade Legal Group:Annual report", (("i07", ""),), "Bank transfer", True),
    (92, "p08", "Meridian Freight:Fleet lettering", (("i08", "1800"),), "Check", False),
    (84, "p09", "Fernhill Farm", (("i12", ""),), "Mastercard", False),
    (80, "p10", "Fernhill Farm Shop", (("i13", ""),), "Mastercard", False),
    (74, "p11", "Redwood Cabinetry", (("i10", ""),), "Check", False),
    (68, "p12", "Lantern Theatre:Season posters", (("i11", "1200"),), "Check", False),
    (60, "p13", "Tidewater Museum:Exhibition 12", (("i09", ""),), "Bank transfer", True),
    (55, "p14", "Nakamura Ceramics", (("i15", ""),), "Visa", False),
    (50, "p15", "Sunday Supper Club", (("i20", ""),), "American Express", False),
    (41, "p16", "Whitcombe & Daughters", (("i16", "1000"),), "Check", False),
    (31, "p17", "Blue Heron Outfitters:Web shop", (("i21", "5000"),), "Bank transfer", True),
    (22, "p18", "Juniper & Rye Bakery", (("i22", ""),), "Check", False),
    (13, "p19", "O'Hanlon Roofing", (("i19", ""),), "Visa", False),
    (5, "p20", "Violet Ostrander", (("i32", ""),), "Cash", False),
)
# Days ago, which payments.
DEPOSITS = ((135, ("p01",)), (100, ("p03", "p05", "p06")), (79, ("p08", "p09", "p10")), (48, ("p11", "p12", "p14")))
# Days ago, label, customer, lines, status.
ESTIMATES = (
    (150, "e01", "Blue Heron Outfitters:Web shop", "Web development*64, Project management*12", "Accepted"),
    (70, "e02", "Saltmarsh Ferry Company", "Design*28", "Accepted"),
    (40, "e03", "Pinecrest School District", "Workshop*6", "Pending"),
    (21, "e04", "Old Orchard Library Friends", "Illustration*14", "Rejected"),
    (9, "e05", "Whitcombe & Daughters", "Web development*40, Hosting*12", "Pending"),
    (3, "e06", "Fernhill Farm", "Print run*4, Design*8", "Accepted"),
)
FROM_ESTIMATE = {"i21": "e01", "i23": "e02"}


def note_sales(clerk: Clerk, paper: Paper) -> None:
    for ago, label, customer, lines, terms in INVOICES:
        clerk.on(ago, _invoice, clerk, paper, label, customer, lines, terms)
    for ago, label, customer, lines, status in ESTIMATES:
        more = {"TxnStatus": status, "ExpirationDate": clerk.day(ago - 45)}
        clerk.on(ago, _estimate, paper, label, customer, lines, more)
    for ago, label, customer, parts, method, banked in PAYMENTS:
        clerk.on(ago, _payment, clerk, paper, label, customer, parts, method, banked)
    for ago, labels in DEPOSITS:
        clerk.on(ago, paper.deposit, labels)
    _note_the_rest(clerk, paper)


def _invoice(clerk: Clerk, paper: Paper, label: str, customer: str, lines: str, terms: str) -> None:
    more: dict[str, Any] = {"SalesTermRef": clerk.ref("Term", terms)}
    if label in FROM_ESTIMATE:
        more["LinkedTxn"] = [{"TxnId": clerk.keep[FROM_ESTIMATE[label]]["Id"], "TxnType": "Estimate"}]
    if label in ("i02", "i09"):
        more["DepartmentRef"] = clerk.ref("Department", "Main studio:Print room")
    if label == "i24":
        more["CustomerMemo"] = {"value": "Thank you for a lovely reading evening."}
    kind = "Client work:Online" if "Web" in lines else "Shop sales" if "Poster" in lines else "Client work:Branding"
    paper.sale("Invoice", customer, paper.sold(lines, ClassRef=clerk.ref("Class", kind)), label, **more)


def _estimate(paper: Paper, label: str, customer: str, lines: str, more: dict[str, Any]) -> None:
    paper.sale("Estimate", customer, paper.sold(lines), label, **more)


def _payment(
    clerk: Clerk, paper: Paper, label: str, customer: str, parts: tuple[tuple[str, str], ...], method: str, banked: bool
) -> None:
    more: dict[str, Any] = {"label": label, "PaymentRefNum": f"{4100 + int(label[1:])}" if method == "Check" else ""}
    if banked:
        more["DepositToAccountRef"] = clerk.ref("Account", "Checking")
    paper.payment(customer, parts, method, **more)


def _note_the_rest(clerk: Clerk, paper: Paper) -> None:
    """Credits, refunds, cash sales, an advance, a voided and a deleted invoice, mails and attachments."""
    checking: dict[str, Any] = {"DepositToAccountRef": clerk.ref("Account", "Checking")}
    clerk.on(87, paper.sale, "CreditMemo", "Fernhill Farm Shop", paper.sold("Notebook*8@11.5"), "c01")
    clerk.on(35, paper.sale, "CreditMemo", "Halvorsen Dental", paper.sold("Hosting*2"), "c02")
    clerk.on(34, _apply_credit, clerk, "Halvorsen Dental", "i03", "c02")
    clerk.on(83, paper.sale, "RefundReceipt", "Ada Lindqvist", paper.sold("Poster A2*1"), **checking)
    for ago, customer, lines in (
        (127, "Luca Pellegrino", "Poster A2*2, Enamel pin*3"),
        (63, "Violet Ostrander", "Notebook*5"),
        (26, "Zsófia Kertész", "Canvas tote*2, Poster A2*1"),
        (7, "Theo Abernathy-Cole", "Enamel pin*10"),
    ):
        clerk.on(ago, paper.sale, "SalesReceipt", customer, paper.sold(lines), **checking)
    clerk.on(45, paper.payment, "Redwood Cabinetry", (), "Check", "600", PrivateNote="Advance on the new shop")
    clerk.on(88, paper.sale, "Invoice", "Marigold Yoga", paper.sold("Workshop*1"), "void")
    clerk.on(81, clerk.void, "Invoice", "void")
    clerk.on(27, paper.sale, "Invoice", "Luca Pellegrino", paper.sold("Hours*1"), "gone")
    clerk.on(26, clerk.delete, "Invoice", "gone")
    clerk.on(10, _attach, clerk)


def _apply_credit(clerk: Clerk, customer: str, invoice: str, credit: str) -> None:
    amount = clerk.kept(credit, "CreditMemo")["Balance"]
    lines = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": clerk.keep[label]["Id"], "TxnType": kind}]}
        for label, kind in ((invoice, "Invoice"), (credit, "CreditMemo"))
    ]
    customer_ref = clerk.ref("Customer", customer)
    clerk.add("Payment", {"CustomerRef": customer_ref, "TotalAmt": 0, "TxnDate": clerk.today(), "Line": lines})


def _attach(clerk: Clerk) -> None:
    """A file on an invoice, a note on a customer."""
    invoice = {"type": "Invoice", "value": clerk.keep["i30"]["Id"]}
    customer = {"type": "Customer", "value": clerk.named("Customer", "Lantern Theatre")["Id"]}
    part = UploadPart(
        {"AttachableRef": [{"EntityRef": invoice}], "FileName": "brief.txt", "ContentType": "text/plain"},
        "brief.txt",
        "text/plain",
        b"Portraits of the ensemble, black and white, before the first night.\n",
    )
    upload(clerk.company, [part])
    clerk.add("Attachable", {"Note": "Prefers a call before noon.", "AttachableRef": [{"EntityRef": customer}]})
