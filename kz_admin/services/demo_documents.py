"""Half a year of two agencies: invoices in every state, money in every shape, time, expenses with receipts.

The same every time it is loaded, except that it ends today. Everything goes through the same services as a click.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.invoices import Prices
from kz_admin.domain.lifecycle import Step
from kz_admin.domain.payments import Method
from kz_admin.domain.records import Address
from kz_admin.models.client import Client
from kz_admin.models.invoice import Invoice
from kz_admin.models.project import Project
from kz_admin.models.service import Service
from kz_admin.models.session import writing
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.audit import SYSTEM
from kz_admin.services.demo_agency import MEMBERS, PROJECTS, SERVICES, VENDORS, Agency
from kz_admin.services.documents import (
    clients,
    credit_notes,
    expenses,
    invoice_steps,
    invoices,
    members,
    payments,
    projects,
    refunds,
    services,
    tax_rates,
    time_entries,
    vendors,
)
from kz_admin.services.documents.expenses import PaidWith
from kz_admin.services.documents.files import Given
from kz_admin.services.documents.sales import Contents, Line
from kz_admin.services.documents.work import Work

DAYS = 183
WEEKS_OF_TIME = 8
HOME = ("US", "CA")
METHODS = (
    *(Method.CARD,) * 6,
    *(Method.BANK_TRANSFER,) * 5,
    *(Method.E_TRANSFER,) * 2,
    Method.CHEQUE,
    Method.QUICKBOOKS_PAYMENTS,
)


def load(tenant_id: UUID, zone: str, agency: Agency) -> None:
    """Once: a tenant that has clients already is left as it is."""
    with writing() as session:
        if session.scalar(select(Client.id).where(Client.tenant_id == tenant_id).limit(1)):
            return
        today = clock.local_date(clock.now_ms(), zone)
        work = Work(session, tenant_id, SYSTEM, _moment(today - timedelta(days=DAYS)), audited=False)
        HalfYear(work, agency, today).tell()


class HalfYear:
    def __init__(self, work: Work, agency: Agency, today: date) -> None:
        self.work, self.agency, self.today = work, agency, today
        self.dice = Random(agency.seed)  # noqa: S311 - the same half year every time, nothing secret
        self.rates = self._tax_rates()
        self.services = self._services()
        self.clients = [self._client(*row) for row in agency.clients]
        self.projects = self._projects()
        self.members = self._members()

    def tell(self) -> None:
        days = sorted(self.dice.randrange(DAYS) for _ in range(self.agency.invoices))
        for day in days:
            self._invoice(self.today - timedelta(days=DAYS - day))
        self._time()
        self._expenses()

    def on(self, day: date, hour: int = 15) -> Work:
        """The same work, as of that day; never later than now."""
        return replace(self.work, at=min(_moment(day, hour), clock.now_ms()))

    def _tax_rates(self) -> list[TaxRate]:
        return [
            tax_rates.create(self.work, tax_rates.Details(name, Decimal(percent)))
            for name, percent in self.agency.taxes
        ]

    def _services(self) -> list[tuple[Service, str]]:
        made = []
        for name, price, words in SERVICES:
            details = services.Details(name, words.format(month="the month", n="one"), Decimal(price), self.rates[0].id)
            made.append((services.create(self.work, details), words))
        return made

    def _client(self, name: str, email: str, currency: str, city: str, country: str) -> Client:
        address = Address(f"{self.dice.randrange(1, 900)} {self._street()}", "", city, "", self._post_code(), country)
        given = self.dice.choice(("Robin", "Alex", "Jordan", "Casey", "Morgan", "Rowan"))
        family = self.dice.choice(("Keller", "Osei", "Novak", "Ruiz", "Tanaka", "Bell"))
        details = clients.Details(
            name=name,
            currency=currency,
            company=name,
            given_name=given,
            family_name=family,
            email=email,
            phone=f"+1 555 01{self.dice.randrange(100):02}",
            address=address,
            marketable=self.dice.random() < 0.25,
        )
        return clients.create(self.work, details)

    def _street(self) -> str:
        return self.dice.choice(("Mill Road", "Harbour Street", "Linden Avenue", "Station Square", "Quay Lane"))

    def _post_code(self) -> str:
        return f"{self.dice.randrange(10_000, 99_999)}"

    def _projects(self) -> dict[UUID, Project]:
        made: dict[UUID, Project] = {}
        for client in self.clients[::2]:
            name = self.dice.choice(PROJECTS)
            made[client.id] = projects.create(self.work, projects.Details(client.id, name, f"P-{len(made) + 101}"))
        return made

    def _members(self) -> list[UUID]:
        details = (members.Details(name, email, Decimal(rate)) for name, email, rate in MEMBERS)
        return [members.create(self.work, one).id for one in details]

    def _invoice(self, day: date) -> None:
        client = self.dice.choice(self.clients)
        details = invoices.Details(self._contents(client, day), terms=self.dice.choice(("Net 30", "Net 30", "Net 14")))
        invoice = invoices.create(self.on(day), details)
        age = (self.today - day).days
        if age < 10 and self.dice.random() < 0.5:
            return  # still a draft
        invoice_steps.take(self.on(day, 16), invoice, Step.FINALISE)
        if age < 5:
            return
        invoice_steps.take(self.on(day + timedelta(days=1)), invoice, Step.SEND)
        self._afterwards(invoice, day, age)

    def _contents(self, client: Client, day: date) -> Contents:
        abroad = client.country not in HOME
        tax = (
            None if abroad and not self.agency.foreign_tax else self.dice.choice((*self.rates[:1] * 4, *self.rates[1:]))
        )
        lines = tuple(self._line(tax, day) for _ in range(self.dice.choice((1, 1, 2, 2, 3, 4, 6))))
        project = self.projects.get(client.id)
        percent = Decimal(self.dice.choice((5, 10))) if self.dice.random() < 0.1 else None
        return Contents(
            client_id=client.id,
            issued_on=day.isoformat(),
            currency=client.currency,
            lines=lines,
            project_id=project.id if project and self.dice.random() < 0.6 else None,
            prices=Prices.INCLUSIVE if self.dice.random() < 0.08 else Prices.EXCLUSIVE,
            note="Thank you for working with us." if self.dice.random() < 0.3 else "",
            discount_percent=percent,
        )

    def _line(self, tax: TaxRate | None, day: date) -> Line:
        service, words = self.dice.choice(self.services)
        by_the_hour = service.unit_price is not None and service.unit_price > 50 and service.unit_price < 500
        quantity = Decimal(self.dice.randrange(2, 120)) / 4 if by_the_hour else Decimal(self.dice.choice((1, 1, 2)))
        return Line(
            description=words.format(month=f"{day:%B}", n=self.dice.randrange(1, 9)),
            quantity=quantity,
            unit_price=service.unit_price or Decimal(50),
            service_id=service.id if self.dice.random() < 0.9 else None,
            tax_rate_id=tax.id if tax else None,
        )

    def _afterwards(self, invoice: Invoice, day: date, age: int) -> None:
        """What becomes of it: older ones are mostly paid, some never will be."""
        luck = self.dice.random()
        if luck < 0.02:
            invoice_steps.take(self.on(day + timedelta(days=3)), invoice, Step.VOID)
        elif age > 100 and luck < 0.05:
            invoice_steps.take(self.on(day + timedelta(days=95)), invoice, Step.WRITE_OFF)
        elif luck < 0.13:
            self._pay(invoice, day, share=Decimal(self.dice.choice(("0.3", "0.5"))))
        elif luck < 0.17:
            self._credit(invoice, day)
        elif age > 40 or luck < 0.55:
            self._pay(invoice, day)

    def _pay(self, invoice: Invoice, day: date, share: Decimal = Decimal(1)) -> None:
        paid = min(day + timedelta(days=self.dice.randrange(2, 38)), self.today)
        amount = int(invoice.open_minor * share)
        if amount <= 0:
            return
        over = 5_00 if share == 1 and self.dice.random() < 0.02 else 0
        details = payments.Details(
            client_id=invoice.client_id,
            amount=amount + over,
            currency=invoice.currency,
            paid_on=paid.isoformat(),
            method=self.dice.choice(METHODS),
            reference=f"{self.dice.randrange(10**6):06}",
            parts={invoice.id: amount},
        )
        payment = payments.record(self.on(paid), details)
        if self.dice.random() < 0.03:
            back = refunds.Details(amount // 4, paid.isoformat(), payment.as_method, "", payment_id=payment.id)
            refunds.create(self.on(paid, 17), back)

    def _credit(self, invoice: Invoice, day: date) -> None:
        then = min(day + timedelta(days=6), self.today)
        back = Line("Credit for a late delivery", Decimal(1), Decimal(self.dice.choice((50, 100, 250))))
        contents = Contents(invoice.client_id, then.isoformat(), invoice.currency, (back,))
        credit_notes.create(self.on(then), credit_notes.Details(contents, invoice.id))

    def _time(self) -> None:
        for back in range(WEEKS_OF_TIME * 7, 0, -1):
            day = self.today - timedelta(days=back)
            if day.weekday() > 4:
                continue
            for member_id in self.dice.sample(self.members, 3):
                self._entry(member_id, day, approved=back > 10 or self.dice.random() < 0.3)

    def _entry(self, member_id: UUID, day: date, *, approved: bool) -> None:
        client = self.dice.choice(self.clients)
        project = self.projects.get(client.id)
        service, _ = self.dice.choice(self.services[:5])
        details = time_entries.Details(
            member_id=member_id,
            client_id=client.id,
            worked_on=day.isoformat(),
            minutes=self.dice.randrange(2, 32) * 15,
            project_id=project.id if project else None,
            service_id=service.id,
            description=self.dice.choice(("", "Review with the client", "First version", "Corrections")),
            billable=self.dice.random() < 0.85,
        )
        entry = time_entries.create(self.on(day, 18), details)
        if approved:
            time_entries.approve(self.on(day + timedelta(days=1)), [entry.id])

    def _expenses(self) -> None:
        known = [(vendors.create(self.work, vendors.Details(name, email)).id, usual) for name, email, usual in VENDORS]
        for number in range(48):
            day = self.today - timedelta(days=self.dice.randrange(DAYS))
            vendor_id, usual = self.dice.choice(known)
            self._expense(number, day, vendor_id, usual)

    def _expense(self, number: int, day: date, vendor_id: UUID, usual: str) -> None:
        work, amount = self.on(day, 12), self.dice.randrange(12_00, 640_00)
        category = expenses.category(work, usual)
        client = self.dice.choice(self.clients) if self.dice.random() < 0.4 else None
        details = expenses.Details(
            category_id=category.id,
            spent_on=day.isoformat(),
            currency=self.agency.currency,
            amount=amount,
            tax=amount // 20 if self.dice.random() < 0.5 else 0,
            vendor_id=vendor_id,
            client_id=client.id if client else None,
            member_id=self.dice.choice(self.members),
            description=self.dice.choice(("", "For the team", "Monthly", "On the way to a client")),
            paid_with=self.dice.choice(tuple(PaidWith)),
            billable=client is not None and self.dice.random() < 0.6,
        )
        words = f"Receipt {number + 1} of {day.isoformat()}: {amount / 100:.2f} {self.agency.currency}"
        expenses.create(work, details, Given(f"receipt-{number + 1:03}.pdf", one_page(words)) if number % 2 else None)


def one_page(words: str) -> bytes:
    """The smallest PDF that shows one line of text."""
    text = words.replace("\\", "").replace("(", "").replace(")", "")
    stream = f"BT /F1 14 Tf 60 760 Td ({text}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    document, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    document += b"".join(b"%010d 00000 n \n" % place for place in places)
    return document + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)


def _moment(day: date, hour: int = 9) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp()) * clock.SECOND
