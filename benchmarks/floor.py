"""The floor, as a server: what no server of this kind could leave out, and nothing else.

    python -m benchmarks.floor FOLDER PORT

For each step of a recipe: one bare Starlette request on uvicorn, its body read, as many P-256 verifications as the step
rests on (each with its key built, as a device brings it), and the very rows that the step leaves behind, in the same
schema and through the same statements, in grouped commits of at most 32 on SQLite with synchronous=FULL. No rule is
asked, nothing is read, nothing is parsed. The recipe stands in FOLDER as `recipe.msgpack`.
"""

import asyncio
import hashlib
import os
import queue
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Integer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.load import HOST
from benchmarks.recipes import Change, Recipe, Step, read_recipe
from firstkey.storage.sqlite.connection import STATEMENTS, open_writer
from firstkey.storage.tables import metadata

GROUP_MAX = 32
SEEDED = 1024
"""Rows that are there to be changed or deleted; each is used once."""

FRESH = {
    "facts": ("stream",),
    "entries": ("index", "stream"),
    "hashes": ("index",),
    "slots": ("key",),
    "documents": ("key",),
    "cases": ("case", "account", "person"),
}
"""The columns under which a row is another one; of other tables the whole key."""

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Verification:
    """One P-256 verification, the key built from its coordinates each time."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self._message = os.urandom(400)
        self._signature = key.sign(self._message, ec.ECDSA(hashes.SHA256()))
        self._numbers = key.public_key().public_numbers()

    def __call__(self) -> None:
        """Verify."""
        self._numbers.public_key().verify(self._signature, self._message, ec.ECDSA(hashes.SHA256()))


class Rows:
    """Writes a step's rows under fresh keys; one thread, grouped commits.

    Args:
        folder: where the database is.
    """

    def __init__(self, folder: Path) -> None:
        self._connection = open_writer(folder)
        self._queue: queue.SimpleQueue[tuple[Step, asyncio.Future[None]]] = queue.SimpleQueue()
        self._tables = {name: Table(name) for name in metadata.tables}
        self._index = 0
        self._count = 0
        self._commits = 0

    def seed(self, recipe: Recipe) -> None:
        """Store the rows that steps will change or delete."""
        self._connection.execute("BEGIN IMMEDIATE")
        for name, step in recipe.items():
            for place, change in enumerate(step.changes):
                if change.kind != "added":
                    table = Table(change.table)
                    rows = (table.row(change, _seeded(name, place, number), 0) for number in range(SEEDED))
                    self._connection.executemany(table.put, rows)
        self._connection.execute("COMMIT")

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to write."""
        threading.Thread(target=self._run, args=(loop,), daemon=True).start()

    async def write(self, step: Step) -> None:
        """Write a step's rows; return once they are on the disk."""
        future = asyncio.get_running_loop().create_future()
        self._queue.put((step, future))
        await future

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < GROUP_MAX and not self._queue.empty():
                group.append(self._queue.get())
            self._connection.execute("BEGIN IMMEDIATE")
            for step, _ in group:
                self._write(step)
            self._end_group()
            self._connection.execute("COMMIT")
            loop.call_soon_threadsafe(_tell, group)

    def _write(self, step: Step) -> None:
        self._count += 1
        for place, change in enumerate(step.changes):
            table, connection = self._tables[change.table], self._connection
            if change.kind == "added":
                self._index += 1
                connection.execute(table.add, table.row(change, f"{self._count}/{place}", self._index))
                continue
            sql = table.put if change.kind == "changed" else table.drop
            connection.execute(sql, table.row(change, _seeded(step.name, place, self._count % SEEDED), 0))

    def _end_group(self) -> None:
        self._commits += 1
        self._connection.execute(STATEMENTS.put_site_number, {"name": "commits", "value": self._commits})
        self._connection.execute(STATEMENTS.add_checkpoint, {"size": self._index + self._commits, "note": bytes(220)})


def _tell(group: list[tuple[Step, "asyncio.Future[None]"]]) -> None:
    for _, future in group:
        future.set_result(None)


def _seeded(step: str, place: int, number: int) -> str:
    return f"seed/{step}/{place}/{number:05d}"


class Table:
    """How rows of a table are written under keys of our own.

    Args:
        name: the table's.
    """

    def __init__(self, name: str) -> None:
        table = metadata.tables[name]
        names = [column.name for column in table.columns]
        keys = [column.name for column in table.primary_key]
        told = ", ".join(f'"{each}"' for each in keys)
        changed = ", ".join(f'"{each}" = excluded."{each}"' for each in names if each not in keys)
        quoted, values = ", ".join(f'"{each}"' for each in names), ", ".join(f":{each}" for each in names)
        self.add = f"INSERT INTO {name} ({quoted}) VALUES ({values})"  # noqa: S608  # names of our own schema
        self.put = f"{self.add} ON CONFLICT ({told}) DO UPDATE SET {changed}"
        where = " AND ".join(f'"{each}" = :{each}' for each in keys)
        self.drop = f"DELETE FROM {name} WHERE {where}"  # noqa: S608  # names of our own schema
        fresh = FRESH.get(name, tuple(keys))
        self._numbers = tuple(each for each in fresh if isinstance(table.c[each].type, Integer))
        self._texts = tuple(each for each in fresh if each not in self._numbers)

    def row(self, change: Change, key: str, number: int) -> dict[str, Any]:
        """Return a step's row under a key of the same length that no other has."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        row = dict(change.values)
        for name in self._texts:
            row[name] = digest[: len(row[name])].ljust(len(row[name]), "-") if len(row[name]) > 16 else digest
        for name in self._numbers:
            row[name] = number
        return row


def make_app(folder: Path) -> Starlette:
    """Make the floor's application."""
    recipe = read_recipe(folder)
    rows, verify = Rows(folder), Verification()
    rows.seed(recipe)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        rows.start(asyncio.get_running_loop())
        yield

    def endpoint(step: Step) -> Any:
        answer = b'"' + b"." * max(0, step.answer_bytes - 2) + b'"'

        async def carry_out(request: Request) -> Response:
            await request.body()
            for _ in range(step.verifications):
                verify()
            if step.changes:
                await rows.write(step)
            return Response(answer, 200, HEADERS, "application/json")

        return carry_out

    async def ready(_: Request) -> Response:
        return Response(b"{}", 200, HEADERS, "application/json")

    routes = [
        Route("/" + name.replace(" ", "-"), endpoint(step), methods=["GET", "POST"]) for name, step in recipe.items()
    ]
    return Starlette(routes=[*routes, Route("/readyz", ready)], lifespan=lifespan)


def main() -> None:
    """Serve the floor of the recipe in a folder."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    uvicorn.run(
        make_app(folder),
        host=HOST,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
    )


if __name__ == "__main__":
    main()
