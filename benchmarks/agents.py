"""The lists of an agent's desk, with a real token: beside the floor over the same rows."""

from benchmarks.charge import Contender, Request, compare, need_wrk
from benchmarks.donnees import MAIRIE, loaded, token
from benchmarks.references import AGENTS
from benchmarks.requetes import counted
from benchmarks.serveurs import ECMS, FLOOR, serving
from benchmarks.tableau import at_least, at_most, comparison, ratio

API = "/api/v1/"
# What a desk asks; the last by the urgency.
QUERIES_OF = {
    "dossiers": ["", f"?mairie={MAIRIE}", "?statut=en_cours", "?priorite=haute"],
    "signalements": ["", f"?mairie={MAIRIE}", "?statut=en_cours", "?categorie=voirie"],
}
# 500 requests a second where the floor gives 2,000.
OF_FLOOR, QUERIES = 0.25, 5


def main() -> None:
    need_wrk()
    with loaded() as dataset, serving(FLOOR, ECMS) as (floor, ecms):
        headers = {"Authorization": f"Bearer {token('mesure-agent')}"}
        for reference in AGENTS:
            page = Contender(
                "floor: one query, the page", floor, [Request(f"/{reference.name}")], queries="1"
            )
            counting = Contender(
                "floor: page and count", floor, [Request(f"/{reference.name}/nombre")], queries="1"
            )
            asked = [
                Request(f"{API}{reference.path}{query}", headers)
                for query in QUERIES_OF[reference.name]
            ]
            ours = [Contender(f"E-CMS {each.path}", ecms, [each]) for each in asked]
            for each, queries in zip(ours, counted(ECMS, *asked), strict=True):
                each.queries = str(queries)
            compare(page, counting, *ours)
            compared = {"floor": page, "floor+count": counting}
            title = f"{reference.name} of one agent, scale {dataset.scale}"
            print(comparison(title, [page, counting, *ours], compared))
            for each in ours:
                held = at_least(ratio(each, page), OF_FLOOR, "÷ floor")
                few = at_most(int(each.queries), QUERIES, "queries")
                print(f"  {each.name}: {held}, {few}")
            print(flush=True)
