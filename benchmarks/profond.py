"""Deep pages: the first, the hundredth and the five hundredth of all news and all dossiers."""

from benchmarks.charge import Contender, Request, compare, need_wrk
from benchmarks.donnees import loaded, token
from benchmarks.serveurs import ECMS_WITHOUT_CACHE, serving
from benchmarks.tableau import comparison

PAGES = (1, 100, 500)


def main() -> None:
    need_wrk()
    with loaded() as dataset, serving(ECMS_WITHOUT_CACHE) as (ecms,):
        national = {"Authorization": f"Bearer {token('mesure-national', national=True)}"}
        for path, headers in (("/api/v1/actualites", {}), ("/api/v1/demarches", national)):
            contenders = [
                Contender(f"page {page}", ecms, [Request(f"{path}?page={page}", headers)])
                for page in PAGES
            ]
            compare(*contenders)
            title = f"{path}, scale {dataset.scale}"
            print(comparison(title, contenders, {"page 1": contenders[0]}), "\n", flush=True)
