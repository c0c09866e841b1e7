"""Money is whole minor units plus a currency; decimals appear only at the edges. No float anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kz_admin.domain.regions import minor_digits


@dataclass(frozen=True, order=False)
class Money:
    minor: int
    currency: str

    @classmethod
    def of(cls, major: Decimal, currency: str) -> Money:
        """Exact, or refused: rounding is a decision that belongs to whoever has the rule for it."""
        scaled = major.scaleb(minor_digits(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{major} has more decimals than {currency} counts")
        return cls(int(scaled), currency)

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
