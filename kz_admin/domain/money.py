"""Money is whole minor units plus a currency; decimals appear only at the edges. No float anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation

from kz_admin.domain.regions import minor_digits

LARGEST = 2**63 - 1  # what a database column holds
# The usual context rounds silently after 28 digits.
EXACTLY = Context(prec=60, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, order=False)
class Money:
    minor: int
    currency: str

    @classmethod
    def of(cls, major: Decimal, currency: str) -> Money:
        """Exact, or refused: rounding is a decision that belongs to whoever has the rule for it."""
        digits = minor_digits(currency)
        if not major.is_finite() or major.adjusted() + digits > len(str(LARGEST)):
            raise ValueError(f"{major} is no amount in {currency}")
        try:
            minor = int(EXACTLY.to_integral_exact(EXACTLY.scaleb(major, digits)))
        except Inexact:
            raise ValueError(f"{major} has more decimals than {currency} counts") from None
        if abs(minor) > LARGEST:
            raise ValueError(f"{major} is no amount in {currency}")
        return cls(minor, currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same_currency(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same_currency(other).minor, self.currency)

    def _same_currency(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other

    def __str__(self) -> str:
        return f"{self.major:,.{minor_digits(self.currency)}f} {self.currency}"
