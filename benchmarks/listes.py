"""The public lists as anonymous visitors read them: E-CMS beside the floor and the ordinary way."""

import os

from benchmarks.charge import Contender, Request, compare, need_wrk
from benchmarks.donnees import loaded
from benchmarks.references import PUBLIC, Reference
from benchmarks.requetes import counted
from benchmarks.serveurs import ECMS, ECMS_WITHOUT_CACHE, FLOOR, ORDINARY, Running, serving
from benchmarks.tableau import at_least, at_most, comparison, ratio

API = "/api/v1/"
NO_CACHE = {"Cache-Control": "no-cache"}
KNOWN = {"If-None-Match": "*"}
# Of the floor's requests per second, and of the ordinary way's.
OF_FLOOR, OF_ORDINARY, OF_FLOOR_REPEATED, QUERIES = 0.5, 2.5, 1.3, 3
ONLY = os.environ.get("BENCH_ONLY", "").split()


def main() -> None:
    need_wrk()
    with loaded() as dataset, serving(FLOOR, ORDINARY, ECMS_WITHOUT_CACHE, ECMS) as running:
        for reference in PUBLIC:
            if not ONLY or reference.name in ONLY:
                print(_measured(reference, running, dataset.scale), "\n", flush=True)


def _measured(reference: Reference, running: list[Running], scale: str) -> str:
    contenders = _contenders(reference, *running)
    _count_queries(contenders)
    compare(*contenders)
    page, counting, ordinary, bare, new, repeated, _known = contenders
    compared = {"floor": page, "floor+count": counting, "ordinary": ordinary}
    table = comparison(f"{API}{reference.path}, scale {scale}", contenders, compared)
    said = [
        f"  {each.name}: "
        + ", ".join(
            [
                at_least(ratio(each, page), OF_FLOOR, "÷ floor"),
                at_least(ratio(each, ordinary), OF_ORDINARY, "÷ ordinary"),
                at_most(int(each.queries), QUERIES, "queries"),
            ]
        )
        for each in (bare, new)
    ]
    said.append(
        f"  {repeated.name}: " + at_least(ratio(repeated, page), OF_FLOOR_REPEATED, "÷ floor")
    )
    return "\n".join([table, *said])


def _contenders(reference: Reference, floor, ordinary, bare, ecms) -> list[Contender]:
    path = API + reference.path
    return [
        Contender("floor: one query, the page", floor, [Request(f"/{reference.name}")]),
        Contender(
            "floor: one query, page and count", floor, [Request(f"/{reference.name}/nombre")]
        ),
        Contender("ordinary ModelViewSet", ordinary, [Request(f"/{reference.name}/")]),
        Contender("E-CMS, PUBLIC_CACHE=false", bare, [Request(path)]),
        Contender("E-CMS, Cache-Control: no-cache", ecms, [Request(path, NO_CACHE)]),
        Contender("E-CMS, repeated by visitors", ecms, [Request(path)]),
        Contender("E-CMS, If-None-Match (304)", ecms, [Request(path, KNOWN)]),
    ]


def _count_queries(contenders: list[Contender]) -> None:
    by_server: dict[int, list[Contender]] = {}
    for each in contenders:
        by_server.setdefault(id(each.running), []).append(each)
    for group in by_server.values():
        server = group[0].running.server
        found = ["1"] * len(group)
        if server is not FLOOR:
            found = map(str, counted(server, *(each.requests[0] for each in group)))
        for each, queries in zip(group, found, strict=True):
            each.queries = queries
