"""What an entity is: one frozen table of its names, its limits and the functions that make and change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..company import Company, Obj
from ..table import Indexes

Params = Mapping[str, str]
Create = Callable[[Company, Obj, Params], Obj]
Update = Callable[[Company, Obj, Obj, bool, Params], Obj]
Change = Callable[[Company, Obj, Params], Any]
Render = Callable[[Company, Obj], Obj]
Read = Callable[[Company, str, Params], Obj]
Gate = Callable[[Company, Obj, str], None]


@dataclass(frozen=True)
class Entity:
    """`name` as in the schema, `path` as in the address. What has no function is refused."""

    name: str
    path: str
    family: str = "txn"  # whose id sequence: "txn", "name", else the list's own
    create: Create | None = None  # (company, body, params) -> stored object
    update: Update | None = None  # (company, stored, body, sparse, params) -> stored object
    delete: Change | None = None  # (company, stored, params) -> None
    void: Change | None = None  # (company, stored, params) -> stored object
    actions: Mapping[str, Change] = field(default_factory=dict)  # POST or GET .../{id}/<name>: send, pdf, void
    gate: Gate | None = None  # (company, body, "create"|"update"|"delete"|"void"|...) raises 5030 and its like
    render: Render | None = None  # a stored object as it is answered; reference names are already filled in
    is_list: bool = False  # lists hide inactive rows from queries; transactions have no Active
    singleton: bool = False
    queryable: bool = True
    filterable: frozenset[str] = frozenset()  # besides Id and MetaData.*
    paths: Mapping[str, Callable[[Obj], tuple[str, ...]]] = field(default_factory=dict)  # values deep inside, = and IN
    indexes: Indexes = field(default_factory=dict)
    cdc: bool = True
    webhook: bool = True
    batch: bool = True
    required: tuple[str, ...] = ()  # on create and on full update; 2020 names the missing one
    required_sparse: tuple[str, ...] = ()  # what even a sparse update has to repeat
    read_only: frozenset[str] = frozenset()  # ignored in a request, kept on a full update
    lengths: Mapping[str, int] = field(default_factory=dict)  # dotted path, list positions left out: 2050
    read: Read | None = None  # where GET is more than a look-up by id: (company, id, params) -> object
    named: frozenset[str] = frozenset()  # reference fields that carry a name here though elsewhere they do not
    unnamed: frozenset[str] = frozenset()  # reference fields that this entity answers without `name`
    checks_references: bool = True  # unknown and inactive references are refused before create and update are called
    bare: bool = False  # answered without `{"Name": ...}` around it (the tax service)
    type_name: str = ""  # the schema's type, where it is not called like the entity

    @property
    def schema(self) -> str:
        return self.type_name or self.name
