"""What people may do in a tenant (decision C28)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    BOOKKEEPER = "bookkeeper"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def may(self) -> str:
        return _MAY[self]

    def covers(self, needed: Role) -> bool:
        return _RANK[self] >= _RANK[needed]


_RANK = {Role.VIEWER: 0, Role.BOOKKEEPER: 1, Role.ADMIN: 2}
_MAY = {
    Role.VIEWER: "Sees everything, changes nothing.",
    Role.BOOKKEEPER: "Maps, pushes, retries, links and reconciles. Cannot connect, disconnect or change settings.",
    Role.ADMIN: "Everything, also connections, settings, people and keys.",
}
