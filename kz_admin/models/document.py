"""What our documents share: a revision that rises with every change, and the moment of the last one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String, event, inspect
from sqlalchemy.orm import Mapped, Mapper, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeEngine

from kz_admin import clock
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.models.base import TenantOwned
from kz_admin.models.types import UtcMs


def key_text(length: int) -> TypeEngine[str]:
    """Text that is compared byte by byte, so that an index answers "begins with" on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Versioned(TenantOwned):
    """A row that people edit: two of them at once are told so, never merged by chance."""

    __abstract__ = True

    version: Mapped[int] = mapped_column()
    changed_at: Mapped[int] = mapped_column(UtcMs)

    def __init__(self, **values: Any) -> None:
        values.setdefault("created_at", clock.now_ms())
        values.setdefault("changed_at", values["created_at"])
        super().__init__(**values)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Document(Versioned):
    """One of our kinds (domain/kinds.py): what goes over to the books."""

    __abstract__ = True
    kind: ClassVar[Kind]

    revision: Mapped[int] = mapped_column()
    origin: Mapped[str] = mapped_column(String(10))

    def __init__(self, **values: Any) -> None:
        values.setdefault("revision", 1)
        values.setdefault("origin", Origin.OURS.value)
        super().__init__(**values)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return cls.indexes()

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """The clock looks for what changed since a moment; each document adds the orders of its list."""
        return (Index(f"ix_{cls.__tablename__}_tenant_id_changed_at", "tenant_id", "changed_at"),)

    def revise(self, at: int) -> None:
        """The only place where a revision rises; services.documents.saved() calls it."""
        self.revision += 1
        self.changed_at = at

    def revised(self) -> bool:
        """Whether this unit of work raised the revision already."""
        return bool(inspect(self).attrs.revision.history.has_changes())


class Part(TenantOwned):
    """A row inside a document, such as a line: when it changes, its document changes."""

    __abstract__ = True

    def document_key(self) -> tuple[type[Document], UUID]:
        raise NotImplementedError


@event.listens_for(Session, "before_flush")
def _net(session: Session, _context: object, _instances: object) -> None:
    """A change that did not pass saved() still raises the revision: no change can stay unseen by the outbox."""
    for document in changed_documents(session):
        if not document.revised():
            document.revise(clock.now_ms())


def changed_documents(session: Session) -> set[Document]:
    """Documents with unflushed changes, their own or of a part of theirs; new and deleted ones aside."""
    new = {row for row in session.new if isinstance(row, Document)}
    touched = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
    parts = [row for row in touched if isinstance(row, Part)]
    with session.no_autoflush:
        # A part without the key yet was appended to its document, which shows as a change of that one.
        keys = {part.document_key() for part in parts}
        owners = {session.get(model, row_id) for model, row_id in keys if row_id is not None}
    changed = {row for row in session.dirty if isinstance(row, Document) and session.is_modified(row)}
    return {row for row in changed | owners if row is not None and row not in new and row not in session.deleted}


def document_models() -> dict[Kind, type[Document]]:
    """Every kind's table."""
    mappers: list[Mapper[Any]] = list(Document.registry.mappers)
    return {mapper.class_.kind: mapper.class_ for mapper in mappers if issubclass(mapper.class_, Document)}
