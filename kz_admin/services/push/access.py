"""The right to call the company during one drain, renewed once when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from kz_admin.domain.problems import AccessRefused, TokenRefused
from kz_admin.models.connection import Connection
from kz_admin.providers.base import Access, Provider
from kz_admin.services import paced, tokens
from kz_admin.services.push.sending import Landing

Result = TypeVar("Result")


@dataclass
class Pass:
    connection: Connection
    _renewed: set[str] = field(default_factory=set, repr=False)

    def get(self) -> Access:
        return tokens.access(self.connection.id)

    def read(self, ask: Callable[[Access], Result]) -> Result:
        return tokens.call(self.connection.id, ask)

    def learn(self, landing: Landing) -> None:
        """A refused token is renewed once; a fresh one that is refused as well means that the consent is gone.

        Access that is refused to a fresh token may concern one kind of write alone: refusals.py has judged that.
        """
        token, said = landing.flight.access.token, {type(result) for result in landing.results}
        if TokenRefused in said or (AccessRefused in said and token not in self._renewed):
            self._renew(token)

    def is_fresh(self, access: Access) -> bool:
        """Whether this token was fetched after an earlier one had been refused in this drain."""
        return access.token in self._renewed

    def still_open(self, provider: Provider) -> bool:
        """Whether the company itself answers to us: then it was only this kind of write that is not allowed."""
        try:
            tokens.call(self.connection.id, paced.read(self.connection, provider.read_company))
        except (AccessRefused, TokenRefused):
            return False
        return True

    def shut(self, access: Access) -> None:
        """The company is closed to us although the token is new: only a new consent helps."""
        tokens.consent_is_gone(self.connection.id, access.token)

    def _renew(self, refused: str) -> None:
        if refused in self._renewed:
            tokens.consent_is_gone(self.connection.id, refused)
        else:
            self._renewed.add(tokens.renewed(self.connection.id, refused).token)
