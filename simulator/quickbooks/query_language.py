"""The query language: text to a Statement, or fault 4000 saying what was met and what was expected.

SELECT * | count(*) | Id, DocNumber FROM Entity [WHERE prop op value [AND ...]] [ORDERBY prop [ASC|DESC], ...]
[STARTPOSITION n] [MAXRESULTS n]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .faults import Fault

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)*)"
    r"|(?P<mark><=|>=|[=<>(),*]))"
)
OPERATORS = frozenset(("=", "<", ">", "<=", ">="))


@dataclass(frozen=True)
class Literal:
    text: str
    kind: str  # text, number, boolean, today


@dataclass(frozen=True)
class Condition:
    prop: str
    operator: str  # one of OPERATORS, IN, LIKE
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Order:
    prop: str
    descending: bool


@dataclass(frozen=True)
class Statement:
    props: tuple[str, ...]  # empty for *
    count: bool
    entity: str
    where: tuple[Condition, ...]
    order: tuple[Order, ...]
    start: int
    size: int | None


@dataclass(frozen=True)
class Token:
    kind: str  # text, number, word, mark, end
    text: str
    at: int

    def is_word(self, word: str) -> bool:
        return self.kind == "word" and self.text.upper() == word


def unparsable(token: Token, expected: str) -> Fault:
    met = "<EOF>" if token.kind == "end" else f'"{token.text}"'
    return Fault(
        "4000",
        "Error parsing query",
        f"QueryParserError: Encountered {met} at line 1, column {token.at + 1}. Was expecting: {expected}",
    )


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise unparsable(Token("mark", text[at:end][:20].strip(), at), "a property, a value or an operator")
        kind = match.lastgroup
        found.append(Token(kind, match.group(kind), match.start(kind)))
        at = match.end()
    found.append(Token("end", "", end))
    return found


@lru_cache(maxsize=2048)
def parse(text: str) -> Statement:
    return _Parser(tokens(text)).statement()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._found = found
        self._at = 0

    def statement(self) -> Statement:
        self._keyword("SELECT")
        props, count = self._selection()
        self._keyword("FROM")
        entity = self._word("an entity").text
        where = self._conditions() if self._take("WHERE") else ()
        order = self._orders()
        start, size = self._page()
        if self._peek().kind != "end":
            raise unparsable(self._peek(), '"AND", "ORDERBY", "STARTPOSITION", "MAXRESULTS" or the end')
        return Statement(props, count, entity, where, order, start, size)

    def _peek(self) -> Token:
        return self._found[self._at]

    def _next(self) -> Token:
        token = self._found[self._at]
        self._at += token.kind != "end"
        return token

    def _take(self, word: str) -> bool:
        if self._peek().is_word(word):
            self._at += 1
            return True
        return False

    def _keyword(self, word: str) -> None:
        if not self._take(word):
            raise unparsable(self._peek(), f'"{word}"')

    def _word(self, expected: str) -> Token:
        token = self._next()
        if token.kind != "word":
            raise unparsable(token, expected)
        return token

    def _mark(self, mark: str) -> None:
        token = self._next()
        if token.text != mark or token.kind != "mark":
            raise unparsable(token, f'"{mark}"')

    def _is_mark(self, mark: str) -> bool:
        token = self._peek()
        return token.kind == "mark" and token.text == mark

    def _selection(self) -> tuple[tuple[str, ...], bool]:
        if self._is_mark("*"):
            self._at += 1
            self._further_properties()  # `*, Sku`, as client libraries write it: everything already has it
            return (), False
        first = self._word('"*", "COUNT" or a property')
        if first.is_word("COUNT") and self._is_mark("("):
            self._mark("(")
            self._mark("*")
            self._mark(")")
            return (), True
        return (first.text, *self._further_properties()), False

    def _further_properties(self) -> list[str]:
        props = []
        while self._is_mark(","):
            self._at += 1
            props.append(self._word("a property").text)
        return props

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._take("AND"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        prop = self._word("a property").text
        token = self._next()
        if token.kind == "mark" and token.text in OPERATORS:
            return Condition(prop, token.text, (self._literal(),))
        if token.is_word("LIKE"):
            return Condition(prop, "LIKE", (self._literal(),))
        if token.is_word("IN"):
            return Condition(prop, "IN", self._literals())
        raise unparsable(token, '"=", "<", ">", "<=", ">=", "IN" or "LIKE"')

    def _literals(self) -> tuple[Literal, ...]:
        self._mark("(")
        values = [self._literal()]
        while self._is_mark(","):
            self._at += 1
            values.append(self._literal())
        self._mark(")")
        return tuple(values)

    def _literal(self) -> Literal:
        token = self._next()
        if token.kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]), "text")
        if token.kind == "number":
            return Literal(token.text, "number")
        if token.is_word("TRUE") or token.is_word("FALSE"):
            return Literal(token.text.lower(), "boolean")
        if token.is_word("CURRENT_DATE"):
            return Literal("", "today")
        raise unparsable(token, "a value")

    def _orders(self) -> tuple[Order, ...]:
        if self._take("ORDER"):
            self._keyword("BY")
        elif not self._take("ORDERBY"):
            return ()
        found = [self._order()]
        while self._is_mark(","):
            self._at += 1
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Order:
        prop = self._word("a property").text
        if self._take("DESC"):
            return Order(prop, True)
        self._take("ASC")
        return Order(prop, False)

    def _page(self) -> tuple[int, int | None]:
        start, size = 1, None
        while True:
            if self._take("STARTPOSITION"):
                start = self._whole()
            elif self._take("MAXRESULTS"):
                size = self._whole()
            else:
                return start, size

    def _whole(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.text.isdigit():
            raise unparsable(token, "a whole number")
        return int(token.text)
