"""`python -m benchmarks NAME`: see script/bench."""

import sys
from importlib import import_module

from benchmarks.mesure import prepare

NAMES = ["creneaux", "listes"]


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"Unknown: {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    prepare()
    for name in names or NAMES:
        import_module(f"benchmarks.{name}").main()


main(sys.argv[1:])
