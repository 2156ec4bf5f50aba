"""`python -m benchmarks [NAME [ARGUMENT]]…`: see script/bench."""

import sys
from importlib import import_module

from benchmarks.mesure import prepare

# In the order in which all of them run.
NAMES = ["creneaux", "listes", "agents", "profond", "connexion", "memoire", "echelle"]
FORGET = "oublier"


def main(words: list[str]) -> None:
    runs: list[tuple[str, list[str]]] = []
    for word in words or NAMES:
        if word in (*NAMES, FORGET):
            runs.append((word, []))
        elif runs and runs[-1][0] == "memoire" and word.isdigit():
            runs[-1][1].append(word)
        else:
            sys.exit(f"Unknown: {word}. There are: {', '.join(NAMES)}, {FORGET}.")
    prepare()
    for name, arguments in runs:
        module = import_module("benchmarks.donnees" if name == FORGET else f"benchmarks.{name}")
        (module.forget if name == FORGET else module.main)(*arguments)


main(sys.argv[1:])
