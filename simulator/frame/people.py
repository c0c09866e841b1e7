"""The people who can sign in at a provider, and what each may do in which company. Rights can end."""

from __future__ import annotations

from collections.abc import Sequence

from .provider import Person, Provider


class People:
    def __init__(self, providers: Sequence[Provider]) -> None:
        self._people = {provider.key: {each.id: each for each in provider.people} for provider in providers}
        self.forget()

    def forget(self) -> None:
        self.lost: set[tuple[str, str, str, str]] = set()  # (provider, environment, company id, person)

    def of(self, provider: str) -> list[Person]:
        return list(self._people[provider].values())

    def get(self, provider: str, person_id: str) -> Person | None:
        return self._people[provider].get(person_id)

    def role(self, provider: str, environment: str, company_id: str, key: str, person_id: str) -> str | None:
        """`admin`, `member` or None: what this person is in that company now."""
        person = self.get(provider, person_id)
        if person is None:
            return None
        if key in person.admin_of:
            return "member" if (provider, environment, company_id, person_id) in self.lost else "admin"
        return "member" if key in person.member_of else None

    def lose_admin(self, provider: str, environment: str, company_id: str, person_id: str) -> None:
        self.lost.add((provider, environment, company_id, person_id))
