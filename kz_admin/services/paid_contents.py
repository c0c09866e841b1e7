"""An invoice as a sender says it, turned into contents of ours: its services and taxes found, its sums checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.failures import Wrong
from kz_admin.domain.figures import major_text, plain_text
from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind, Source
from kz_admin.domain.names import name_key
from kz_admin.domain.paid import InvoiceSaid, LineSaid, Named
from kz_admin.models.service import Service
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.documents import sales
from kz_admin.services.documents.sales import Contents, Line, WorkedOut
from kz_admin.services.documents.saving import kept, saved
from kz_admin.services.documents.work import Work
from kz_admin.services.recognise import TAX_RATE, Recognised, remember


@dataclass(frozen=True)
class Read:
    contents: Contents
    worked_out: WorkedOut


def read(work: Work, source: Source, said: InvoiceSaid, client_id: UUID, found: Recognised) -> Read:
    """What the invoice comes to by our own arithmetic; it has to be what the sender says."""
    linked = _Linked(work, source, found)
    contents = Contents(
        client_id=client_id,
        issued_on=said.issued_on,
        currency=said.currency,
        lines=tuple(_line(linked, line, index) for index, line in enumerate(said.lines)),
        number=said.number,
        prices=said.prices,
        note=said.note,
        discount=said.discount,
        stated_tax=said.tax_total,
    )
    worked_out = _work_out(work, contents)
    if (difference := said.total - worked_out.totals.total) and _is_rounding(said, difference):
        contents = replace(contents, stated_tax=worked_out.totals.tax + difference)
        worked_out = _work_out(work, contents)
    if worked_out.totals.total != said.total:
        comes_to, stated = (major_text(one, said.currency) for one in (worked_out.totals.total, said.total))
        raise Wrong("invoice.total", f"The lines, discount and tax come to {comes_to}, not to {stated}.")
    return Read(contents, worked_out)


def _work_out(work: Work, contents: Contents) -> WorkedOut:
    try:
        return sales.work_out(work, contents)
    except Wrong as wrong:
        raise Wrong(f"invoice.{wrong.field}", wrong.sentence) from None


def _is_rounding(said: InvoiceSaid, difference: int) -> bool:
    """Senders round tax by line, by rate or by document: at most one unit for each taxed line."""
    taxed = [line for line in said.lines if line.tax]
    stated = said.tax_total is not None or any(line.tax_amount is not None for line in said.lines)
    return said.prices is Prices.EXCLUSIVE and not stated and abs(difference) <= len(taxed)


def _line(linked: _Linked, said: LineSaid, index: int) -> Line:
    return Line(
        description=said.description,
        quantity=said.quantity,
        unit_price=said.unit_price,
        amount=said.amount,
        service_id=linked.service(said.service, f"invoice.lines[{index}].service") if said.service else None,
        tax_rate_id=linked.tax(said.tax, f"invoice.lines[{index}].tax") if said.tax else None,
        tax_name=said.tax.name if said.tax else "",
        tax_percent=said.tax.percent if said.tax else None,
        stated_tax=said.tax_amount,
    )


class _Linked:
    """Services and tax rates of the sender as ours: by ref, else by name, else made."""

    def __init__(self, work: Work, source: Source, found: Recognised) -> None:
        self._work, self._source = work, source
        self._known: dict[tuple[str, str], UUID] = dict(found.refs)
        self._rates: dict[UUID, TaxRate] = {}

    def service(self, said: Named, path: str) -> UUID:
        return self._known.get((Kind.SERVICE, said.id)) or self._remember(Kind.SERVICE, said, self._service(said, path))

    def tax(self, said: Named, path: str) -> UUID:
        known = self._known.get((TAX_RATE, said.id))
        if known is None:
            return self._remember(TAX_RATE, said, self._tax(said, path))
        # the id stays with the rate it meant first; at another percentage it would be booked under the wrong code
        return known if said.percent in (None, self._rate(known).percent) else self._tax(said, path)

    def _rate(self, rate_id: UUID) -> TaxRate:
        if rate_id not in self._rates:
            self._rates[rate_id] = self._work.session.get_one(TaxRate, rate_id)
        return self._rates[rate_id]

    def _remember(self, kind: str, said: Named, row_id: UUID) -> UUID:
        remember(self._work, self._source, kind, said.id, row_id)
        self._known[str(kind), said.id] = row_id
        return row_id

    def _service(self, said: Named, path: str) -> UUID:
        work, key = self._work, name_key(_name(said, path, "service"))
        named = select(Service.id).where(Service.tenant_id == work.tenant_id, Service.name_key == key)
        if (service_id := work.session.scalar(named)) is not None:
            return service_id
        made = Service(tenant_id=work.tenant_id, created_at=work.at, name=said.name, name_key=key, built_in=False)
        return saved(work, made).id

    def _tax(self, said: Named, path: str) -> UUID:
        work, name = self._work, _name(said, path, "tax rate")
        percent = said.percent
        if percent is None:
            raise Wrong(f"{path}.rate", "This field is missing or empty.")
        keys = {name_key(text, 100): text for text in (name, f"{name[:80]} ({plain_text(percent)}%)")}
        query = select(TaxRate).where(TaxRate.tenant_id == work.tenant_id, TaxRate.name_key.in_(keys))
        rates: Sequence[TaxRate] = work.session.scalars(query).all()
        for rate in rates:
            if rate.percent == percent:
                return rate.id
        # A rate keeps its percentage for ever: another percentage under its name is another rate.
        taken = {rate.name_key for rate in rates}
        key = next((one for one in keys if one not in taken), None)
        if key is None:
            raise Wrong(f"{path}.name", "There is another tax rate with this name. Give yours a name of its own.")
        made = TaxRate(
            tenant_id=work.tenant_id, created_at=work.at, name=keys[key][:100], name_key=key, percent=percent
        )
        return kept(work, made).id


def _name(said: Named, path: str, what: str) -> str:
    if not said.name:
        raise Wrong(f"{path}.name", f"We do not know the {what} {said.id} yet. Send its name too.")
    return said.name
