"""How much is measured: everything, or with --quick a part, to see that a benchmark runs; its figures mean little."""

_QUICK = [False]


def be_quick() -> None:
    """Measure only parts from here on."""
    _QUICK[0] = True


def some(full: int, quick: int) -> int:
    """How many of something to measure now."""
    return quick if _QUICK[0] else full
