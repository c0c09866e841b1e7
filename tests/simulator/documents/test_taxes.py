from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from simulator.quickbooks.taxes import Rate, TaxedLine, exclusive, inclusive, overridden, total_tax

D = Decimal
GST, PST = Rate("1", D("5")), Rate("2", D("7"))
bases = st.lists(st.decimals("0.01", "3000", places=2), min_size=1, max_size=10)


def test_tax_is_reckoned_once_per_rate_on_the_sum() -> None:
    found = exclusive([TaxedLine(D("0.10"), (GST, PST)), TaxedLine(D("0.10"), (GST,))])
    assert [(each.rate.id, each.net, each.tax) for each in found] == [
        ("1", D("0.20"), D("0.01")),
        ("2", D("0.10"), D("0.01")),
    ]


def test_gross_amounts_are_rounded_line_by_line_so_totals_differ() -> None:
    net = [TaxedLine(D("0.10"), (GST,))] * 3
    gross = [TaxedLine(D("0.10"), (GST,), D("0.11"))] * 3
    assert (total_tax(exclusive(net)), total_tax(inclusive(gross))) == (D("0.02"), D("0.03"))


def test_a_sent_total_is_shared_over_the_rates() -> None:
    found = overridden(exclusive([TaxedLine(D("100.00"), (GST, PST))]), D("13.00"))
    assert [each.tax for each in found] == [D("5.42"), D("7.58")]


@given(bases, st.decimals("0", "500", places=2))
def test_a_sent_total_is_honoured_to_the_cent(amounts: list[Decimal], wanted: Decimal) -> None:
    found = overridden(exclusive([TaxedLine(each, (GST, PST)) for each in amounts]), wanted)
    assert total_tax(found) == wanted


@given(bases)
def test_net_and_tax_add_up_to_the_gross(amounts: list[Decimal]) -> None:
    lines = [TaxedLine(each, (GST, PST), each) for each in amounts]
    within = total_tax(inclusive(lines))
    assert abs(within - sum(amounts) * D(12) / D(112)) <= D("0.005") * len(amounts)
