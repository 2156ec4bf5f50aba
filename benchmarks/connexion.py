"""Signing in: how many a second, and what twenty bad ones at a time leave to those who read."""

import json
import statistics

from benchmarks.charge import ROUNDS, SECONDS, Contender, Driving, Request, compare, drive, need_wrk
from benchmarks.donnees import PASSWORD, citizens, loaded
from benchmarks.serveurs import Server, serving
from benchmarks.tableau import at_least, under

LOGIN, READ = "/api/v1/auth/login", "/api/v1/actualites"
ACCOUNTS, PARALLEL = 50, 20
PER_SECOND, TIMES = 40, 4
JSON = {"Content-Type": "application/json"}
# All of it comes from one address here; each account has its own limit still.
UNLIMITED = {"RATE_LOGIN_ADDRESS": "100000000/h", "RATE_LOGIN_ACCOUNT": "100000000/h"}
# How often readers ask: not all that the machine can answer, which would queue by itself.
READERS = 4


def main() -> None:
    need_wrk()
    with loaded():
        good = [_login(name, PASSWORD) for name in citizens(ACCOUNTS)]
        bad = [_login(f"personne-{n:04}", "Pas-le-bon-7") for n in range(1000)]
        with serving(Server("ecms.wsgi", UNLIMITED), Server("ecms.wsgi")) as (open_, shipped):
            signing_in = Contender("sign-ins", open_, good)
            compare(signing_in)
            rate = signing_in.median("per_second")
            print(at_least(rate, PER_SECOND, "sign-ins a second:"), flush=True)
            _read_meanwhile("every one is checked (limits lifted)", open_, bad)
            _read_meanwhile("limits as shipped, one address", shipped, bad)


def _read_meanwhile(what: str, running, bad: list[Request]) -> None:
    """In alternating rounds, quiet and under load."""
    reading = Contender("reading", running, [Request(READ)])
    attack = Contender("bad sign-ins", running, bad, refusals=True)
    quiet, loaded_ = [], []
    drive(reading, READERS, 1)
    for _again in range(ROUNDS):
        quiet.append(drive(reading, READERS, SECONDS)["p99"])
        with Driving(attack, PARALLEL, SECONDS + 1):
            loaded_.append(drive(reading, READERS, SECONDS)["p99"])
    before, after = statistics.median(quiet), statistics.median(loaded_)
    print(
        f"public reading, {PARALLEL} bad sign-ins at a time, {what}: "
        f"p99 {before:.1f} ms quiet, {after:.1f} ms then: {under(after / before, TIMES, '×')}",
        flush=True,
    )


def _login(name: str, password: str) -> Request:
    body = json.dumps({"username": name, "password": password})
    return Request(LOGIN, JSON, "POST", body)
