from pathlib import Path

import pytest

from common import memory

STATUS = Path("/proc/self/status")


def resident_kb():
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells what a process holds")
def test_what_was_freed_goes_back_to_the_system():
    kept = []
    freed = [bytes(1_000) for _ in range(100_000)]
    kept.append(bytes(1_000))  # above them, so that the heap cannot simply end earlier
    while freed:
        freed.pop()
    before = resident_kb()
    memory.give_back()

    assert resident_kb() < before - 50_000
