"""The state file: one SQLite database that is brought up to date a few times a second and when the process ends.

A company is written whole when it changed; the journal grows by its new entries. Kill the process hard and the
last moment is lost (the larger the books, the longer: saving takes at most a tenth of the time); end it with
SIGTERM and nothing is.
"""

from __future__ import annotations

import pickle
import sqlite3
import threading
import time
import traceback
import zlib
from pathlib import Path
from typing import Any

from . import picture
from .journal import Entry
from .world import Slot, World

FORM = 1
EVERY_S = 0.2
SHARE = 10  # saving may take one part in that many of the time


class UnreadableStateError(Exception):
    """The file is not a state of this simulator."""


class Saver:
    def __init__(self, world: World, file: Path) -> None:
        self._world = world
        self._file = file
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._written_seq = 0
        self._about_saved = b""
        self._held: set[str] = set()  # the names of the parts in the file
        self._base = sqlite3.connect(file, check_same_thread=False)
        self._load()
        world.on_reset(self._begin_again)
        self._thread = threading.Thread(target=self._run, name="saver", daemon=True)
        self._thread.start()

    # -- reading -------------------------------------------------------------------------------------

    def _load(self) -> None:
        try:
            self._base.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
            self._base.execute("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, content BLOB NOT NULL)")
            # A killed process loses nothing that was committed; a power cut may, and that is all right here.
            self._base.execute("PRAGMA synchronous = OFF")
            parts = dict(self._base.execute("SELECT name, content FROM part"))
            entries = [_unpacked(row[0]) for row in self._base.execute("SELECT content FROM entry ORDER BY seq")]
            self._held.update(parts)
            if parts:
                self._restore(parts, entries)
        except (sqlite3.DatabaseError, pickle.UnpicklingError, zlib.error, KeyError) as error:
            raise UnreadableStateError(f"{self._file} holds no state of this simulator: {error}") from error

    def _restore(self, parts: dict[str, bytes], entries: list[Entry]) -> None:
        about = _unpacked(parts["world"])
        if about["form"] != FORM:
            raise UnreadableStateError(f"{self._file} was written by another version; delete it to begin again")
        books = {name: _unpacked(content) for name, content in parts.items() if name != "world"}
        picture.put_back(self._world, picture.Picture(about, books, entries))
        for slot in self._world.slots:
            slot.saved = slot.changes if slot.name in books else slot.saved
        self._written_seq = self._world.journal.last

    # -- writing -------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = EVERY_S
        while not self._stop.wait(pause):
            began = time.monotonic()
            try:
                self.save()
            except (sqlite3.Error, OSError):
                traceback.print_exc()  # a full disk may have room again a second later
            pause = max(EVERY_S, (time.monotonic() - began) * SHARE)

    def save(self) -> None:
        """Writes what has changed since the last time, all of it or nothing."""
        with self._lock, self._base:
            about = _packed({"form": FORM, **picture.about(self._world)})
            if about != self._about_saved:
                self._put("world", about)
                self._about_saved = about
            for slot in self._world.slots:
                if slot.built and slot.saved != slot.changes:
                    self._save_books(slot)
                elif not slot.built and slot.name in self._held:
                    # Reset alone: what the file still holds of it must not come back.
                    self._base.execute("DELETE FROM part WHERE name = ?", (slot.name,))
                    self._held.discard(slot.name)
            entries = list(self._world.journal.since(self._written_seq))
            entries += self._world.journal.take_amended(self._written_seq)
            self._base.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?)", [(each.seq, _packed(each)) for each in entries]
            )
            self._written_seq = max([self._written_seq, *(each.seq for each in entries)])

    def _save_books(self, slot: Slot) -> None:
        changes, books = picture.books(slot)
        self._put(slot.name, _packed(books))
        slot.saved = changes

    def _put(self, name: str, content: bytes) -> None:
        self._held.add(name)
        self._base.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", (name, content))

    def _begin_again(self) -> None:
        """The world was reset: so is the file."""
        with self._lock, self._base:
            self._base.execute("DELETE FROM part")
            self._base.execute("DELETE FROM entry")
            self._about_saved = b""
            self._held.clear()
            self._written_seq = 0

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        self.save()
        self._base.close()


def _packed(value: Any) -> bytes:
    return zlib.compress(pickle.dumps(value), 1)


def _unpacked(content: bytes) -> Any:
    return pickle.loads(zlib.decompress(content))  # noqa: S301 - a file this program wrote
