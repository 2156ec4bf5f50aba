"""Memory of the web workers over a mixed load: `script/bench memoire [minutes]`, ten by default."""

import random
import re
import statistics
from pathlib import Path

from benchmarks.charge import Contender, Request, drive, need_wrk
from benchmarks.donnees import MAIRIE, loaded, token
from benchmarks.references import AGENTS, PUBLIC
from benchmarks.serveurs import Running, Server, children, serving
from benchmarks.tableau import under

API = "/api/v1/"
MEGABYTES, GAINED = 150, 5
SLICE_SECONDS, CONNECTIONS = 15, 4
# A worker is replaced after some thousand requests in production: here none is, or what it gathers
# would never be seen.
LASTING = Server("ecms.wsgi", options=("--max-requests", "0"))
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def main(minutes: str = "10") -> None:
    need_wrk()
    slices = max(2, round(float(minutes) * 60 / SLICE_SECONDS))
    samples, asked = [], 0.0
    with loaded(), serving(LASTING) as (ecms,):
        mixed = Contender("mixed", ecms, _mixed(), refusals=True)
        for _again in range(slices):
            asked += drive(mixed, CONNECTIONS, SLICE_SECONDS)["per_second"] * SLICE_SECONDS
            samples.append(_largest(ecms))
    # The caches of a process fill first.
    settled = samples[len(samples) // 2 :]
    hours = [n * SLICE_SECONDS / 3600 for n in range(len(settled))]
    slope = statistics.linear_regression(hours, settled).slope if len(settled) > 1 else 0.0
    print(
        f"{asked:.0f} mixed requests in {slices * SLICE_SECONDS / 60:.1f} minutes, worker by Pss:"
    )
    print(f"  at first {samples[0]:.1f} MB, half-way {settled[0]:.1f} MB")
    print(f"  {under(max(samples), MEGABYTES, 'at most, MB:')}")
    gained = samples[-1] - settled[0]
    print(f"  {under(gained, GAINED, 'MB gained in the second half:')}, slope {slope:.1f} MB/h")


def _largest(running: Running) -> float:
    """Megabytes of the largest worker."""
    return max(_pss(worker) for worker in children(running.process.pid))


def _pss(pid: int) -> float:
    found = PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) / 1024


def _mixed() -> list[Request]:
    """Lists of everybody and of agents, pages, filters, searches, an export; in no order."""
    agent = {"Authorization": f"Bearer {token('mesure-agent')}"}
    public = [API + each.path for each in PUBLIC]
    mairies = [
        f"{API}actualites?mairie=charge-{n:06}&page={p}" for n in range(1, 30) for p in (1, 2)
    ]
    pages = [f"{API}evenements?page={n}" for n in range(1, 100)]
    words = ("forage", "march%C3%A9", "recensement", "stade", "gare", "vaccination")
    searches = [f"{API}recherche?q={word}" for word in words]
    mairie = [f"{API}mairies/{MAIRIE}", f"{API}services?mairie={MAIRIE}"]
    asked = [Request(path) for path in (*public * 10, *mairies, *pages, *searches, *mairie)]
    desk = [f"{API}{each.path}?page={n}" for each in AGENTS for n in range(1, 50)]
    asked += [Request(path, agent) for path in desk]
    asked.append(Request(f"{API}demarches/export.csv", agent))
    random.Random(1).shuffle(asked)  # noqa: S311 an order, not a secret
    return asked
