"""Two sizes of the data, side by side: how much slower every list, a detail and a search become.

`BENCH_SCALE` names them: "standard national" unless it is set.
"""

import os
from dataclasses import replace

from django.test import Client

from benchmarks.charge import Contender, Request, compare, need_wrk
from benchmarks.donnees import STANDARD, Dataset, loaded, token
from benchmarks.references import AGENTS, PUBLIC
from benchmarks.serveurs import ECMS_WITHOUT_CACHE, Server, serving
from benchmarks.tableau import under

API = "/api/v1/"
SCALES = os.environ.get("BENCH_SCALE", f"{STANDARD} national").replace(",", " ").split()
GROWTH = 1.3
# One visitor after the other: what is compared is time, not how it queues.
CONNECTIONS = 2


def main() -> None:
    need_wrk()
    if len(SCALES) != 2:
        raise SystemExit("Two sizes are compared: BENCH_SCALE='standard national'.")
    small, large = SCALES
    with loaded(small) as dataset:
        asked_small, server_small = _asked(), _server(dataset)
    with loaded(large) as dataset:
        asked_large, server_large = _asked(), _server(dataset)
        with serving(server_small, server_large) as (before, after):
            pairs = [
                (
                    Contender(name, before, [request]),
                    Contender(name, after, [asked_large[name]]),
                )
                for name, request in asked_small.items()
            ]
            print(f"From {small} to {large}: p50 in milliseconds, growth", flush=True)
            for pair in pairs:
                compare(*pair, connections=CONNECTIONS)
                print(_line(*pair), flush=True)


def _line(before: Contender, after: Contender) -> str:
    times = [each.median("p50") for each in (before, after)]
    growth = under(times[1] / times[0], GROWTH, "×")
    return f"{before.name:34}{times[0]:10.2f}{times[1]:10.2f}   {growth}"


def _server(dataset: Dataset) -> Server:
    return replace(ECMS_WITHOUT_CACHE, database=dataset.name)


def _asked() -> dict[str, Request]:
    """What is asked of the database that this process reads."""
    agent = {"Authorization": f"Bearer {token('mesure-agent')}"}
    national = {"Authorization": f"Bearer {token('mesure-national', national=True)}"}
    first = Client().get(f"{API}actualites").json()["results"][0]["id"]
    asked = {f"list of {each.name}": Request(API + each.path) for each in PUBLIC}
    asked["list of signalements, public"] = Request(f"{API}signalements")
    asked |= {f"list of {e.name}, agent": Request(API + e.path, agent) for e in AGENTS}
    asked |= {f"list of {e.name}, national": Request(API + e.path, national) for e in AGENTS}
    asked["actualites, page 500"] = Request(f"{API}actualites?page=500")
    asked["one actualite"] = Request(f"{API}actualites/{first}")
    asked["search: recensement marché"] = Request(f"{API}recherche?q=recensement+march%C3%A9")
    asked["search: one number"] = Request(f"{API}recherche?q=18421")
    asked["search in one list"] = Request(f"{API}actualites?search=forage")
    return asked
