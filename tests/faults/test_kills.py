"""The process is really killed, at any moment; then every accepted message is there once, with one acknowledgement."""

import os
import random
from collections import deque

import pytest

from tests.faults.looks import all_is_well, taken_once
from tests.faults.mta import Kill, Moment, Mta, mail
from tests.faults.service import Service

KILLS = int(os.environ.get("GEHOORD_KILLS", "5"))  # noqa: TID251 - how long a test runs is no setting of the product
"""Kills in the whole series; `GEHOORD_KILLS=200 pytest tests/faults/test_kills.py` for a night."""
KILLS_EACH = 5
MAILS_EACH = 40
MOMENTS = list(Moment)


def planned(chance: random.Random, moment: Moment) -> Kill:
    return Kill(at=chance.randint(1, 8), moment=moment, delay=chance.uniform(0, 0.04))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(max(1, KILLS // KILLS_EACH)))
def test_nothing_is_lost_or_doubled_by_a_kill(seed: int) -> None:
    chance = random.Random(seed)
    mails = [mail(number, f"reeks{seed}") for number in range(1, MAILS_EACH + 1)]
    with Service() as service:
        mta = Mta(service, deque(mails))
        for moment in chance.sample(MOMENTS, KILLS_EACH):
            mta.send_all(kill=planned(chance, moment))
            assert not service.running
            taken_once(service, mta.taken)
            service.start()
        while mta.queue:
            mta.send_all()
        assert len(mta.taken) == len(set(mta.taken)) == MAILS_EACH
        service.until_delivered()
        all_is_well(service, mails)
