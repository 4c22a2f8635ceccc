"""A full disk: mail is refused for now, nothing is half stored, and everything is taken once there is room again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.disk import Disk, LimitedFiles, may_mount, small_disk
from tests.faults.looks import all_is_well, taken_once
from tests.faults.mta import answer_to, mail
from tests.faults.service import Service


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with ExitStack() as stack:
        if request.param == "file system" and may_mount(tmp_path / "try"):
            yield stack.enter_context(small_disk(tmp_path / "disk"))
        else:
            yield LimitedFiles()


@pytest.mark.parametrize(("disk", "left"), [("limit", 0), ("file system", 300_000)], indirect=["disk"])
def test_what_does_not_fit_is_refused_for_now_and_taken_later(disk: Disk, left: int) -> None:
    mails = [mail(number, "schijf") for number in range(1, 41)]
    with Service(folder=disk.folder and disk.folder / "data") as service:
        service.send(mails[0].as_bytes())
        service.until_delivered()
        disk.fill(service, left)
        answers = {one: answer_to(service, one) for one in mails[1:]}
        assert set(answers.values()) <= {250, 451}
        refused = [one for one, code in answers.items() if code == 451]
        assert refused, "the disk was not full"
        taken = [str(one["Message-ID"]).strip("<>") for one, code in answers.items() if code == 250]
        taken_once(service, taken)
        assert service.count("message") == service.count("case") == len(taken) + 1
        disk.free(service)
        for one in refused:
            service.send(one.as_bytes())
        service.until_delivered(seconds=90)  # a letter that met the full disk is tried again after a minute
        all_is_well(service, mails)
        service.terminate()
        assert service.ended() == 0
