"""Goal 10 with two workers: two services at one mailbox and one PostgreSQL, both taking all that they can get."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine

from benchmarks import calibration
from benchmarks.bare_imap import fill
from benchmarks.corpus import light, truths
from benchmarks.exact import stored, wrong
from benchmarks.postgres import DurablePostgres
from benchmarks.product import Service, house, imap_environment
from benchmarks.sizes import some
from benchmarks.table import Row
from tests.parts.dovecot import Dovecot

PATIENCE = 600
"""Seconds after which a run is given up."""


def measure() -> list[Row]:
    """Both start on a mailbox that is full already, so that they want the same mails at the same moment."""
    if why := Dovecot.missing():
        raise RuntimeError(f"two services at one mailbox need Dovecot: {why}")
    machine = calibration.processor()
    mails = light()[: some(1000, 150)]
    with Dovecot() as server, DurablePostgres() as postgres, TemporaryDirectory() as folder:
        database = postgres.create()
        address = postgres.url(database)
        house(Path(folder), address).engine.dispose()
        figure = _wrong(server, address, Path(folder), mails)
        postgres.drop(database)
    what = f"two services, one mailbox, {len(mails)} mails: wrong"
    return [Row(goal=10, what=what, figure=figure, bare=0, unit="mails", machine=machine)]


def _wrong(server: Dovecot, address: str, folder: Path, mails: list[bytes]) -> int:
    mailbox = server.address()
    fill(server, mailbox, mails)
    settings = {
        **imap_environment(server, mailbox),
        "GEHOORD_CLASSIFIER": "false",
        "GEHOORD_SMTP__ENABLED": "false",
        "GEHOORD_STORAGE__DATABASE": address,
        "GEHOORD_STORAGE__FOLDER": str(folder / "var"),
    }
    expected = sum(truth.kind != "again" for truth in truths(mails))
    engine = create_engine(address)
    homes = [folder / name for name in ("one", "two")]
    for home in homes:
        home.mkdir()
    with Service(homes[0], **settings) as first, Service(homes[1], **settings):
        first.until(lambda _: stored(engine) >= expected, PATIENCE)
    found = wrong(engine, mails)  # both have ended: nothing more comes
    engine.dispose()
    return found
