"""The requests: what the schema allows, what it does not, and the edges between them."""

import random
from contextlib import suppress
from itertools import islice

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

SEED = 20261123
EDGES_AT_MOST = 400


def drawn(operation, mode: GenerationMode, examples: int) -> list:
    """Requests as hypothesis makes them up, the same in each run."""
    found = []

    @seed(SEED)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def draw(case):
        found.append(case)

    # Where any value is right, none is wrong.
    with suppress(Unsatisfiable):
        draw()
    return found


def edges(operation, mode: GenerationMode, examples: int) -> list:
    """Some of what schemathesis knows to try: lengths, bounds, types, absences, each once."""
    found = operation.schema.iter_coverage_cases(
        operation,
        generation_modes=[mode],
        generation_config=operation.schema.config.generation,
    )
    found = list(islice(found, EDGES_AT_MOST))
    return random.Random(SEED).sample(found, min(examples, len(found)))  # noqa: S311 no secret
