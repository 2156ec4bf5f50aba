"""The load: `wrk`, on all contenders in turn, round by round."""

import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

from benchmarks.serveurs import Running, postgresql_cpu

SECONDS = int(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CONNECTIONS = 8
FOUND = {
    "per_second": re.compile(r"Requests/sec:\s+([\d.]+)"),
    "p50": re.compile(r"50%\s+([\d.]+)(us|ms|s)"),
    "p99": re.compile(r"99%\s+([\d.]+)(us|ms|s)"),
    "refused": re.compile(r"Non-2xx or 3xx responses: (\d+)"),
}
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
# Written out once: what is measured shares its processor with `wrk`.
LUA = """
local asked, n = {}, 0
function init()
  asked = {%s}
end
function request()
  n = n %% #asked + 1
  return asked[n]
end
"""
LUA_ONE = "wrk.format(%s, %s, {%s}, %s)"


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: str | None = None

    def lua(self) -> str:
        headers = ", ".join(f"[{_lua(k)}] = {_lua(v)}" for k, v in self.headers.items())
        body = "nil" if self.body is None else _lua(self.body)
        return LUA_ONE % (_lua(self.method), _lua(self.path), headers, body)


@dataclass
class Contender:
    """One way of answering; `requests` are asked in turn. `refusals`: answers beside 2xx and 3xx
    are expected, and not the end."""

    name: str
    running: Running
    requests: list[Request]
    refusals: bool = False
    queries: str = ""
    rounds: list[dict[str, float]] = field(default_factory=list)

    def median(self, figure: str) -> float:
        return statistics.median(one[figure] for one in self.rounds)

    @property
    def noise(self) -> float:
        rates = [one["per_second"] for one in self.rounds]
        return 100 * (max(rates) - min(rates)) / 2 / self.median("per_second")


def need_wrk() -> None:
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: on Debian, `apt install wrk`.")


def compare(
    *contenders: Contender,
    connections: int = CONNECTIONS,
    seconds: int = SECONDS,
    rounds: int = ROUNDS,
) -> None:
    for each in contenders:
        drive(each, connections, 1)
    for _again in range(rounds):
        for each in contenders:
            each.rounds.append(drive(each, connections, seconds))


def drive(each: Contender, connections: int, seconds: int) -> dict[str, float]:
    before, before_pg = each.running.cpu(), postgresql_cpu()
    with Driving(each, connections, seconds) as driving:
        output = driving.output()
    refused = FOUND["refused"].search(output)
    if refused and not each.refusals:
        raise SystemExit(f"{each.name}, {each.requests[0].path}: {output}")
    per_second = float(FOUND["per_second"].search(output)[1])
    asked = max(1, per_second * seconds)
    return {
        "per_second": per_second,
        "refused": float(refused[1]) if refused else 0.0,
        "p50": _time(output, "p50"),
        "p99": _time(output, "p99"),
        "cpu": (each.running.cpu() - before) * 1000 / asked,
        "pg": ((postgresql_cpu() or 0) - (before_pg or 0)) * 1000 / asked,
    }


class Driving:
    """`wrk` at work on a contender, in the background."""

    def __init__(self, each: Contender, connections: int, seconds: int):
        self.each, self.connections, self.seconds = each, connections, seconds

    def __enter__(self):
        self.script = tempfile.NamedTemporaryFile("w", suffix=".lua")  # noqa: SIM115 closed below
        self.script.write(LUA % ",\n".join(request.lua() for request in self.each.requests))
        self.script.flush()
        self.process = subprocess.Popen(  # noqa: S603 our own program
            [  # noqa: S607
                *("wrk", "-t1", f"-c{self.connections}", f"-d{self.seconds}s", "--latency"),
                *("--timeout", "30s", "-s", self.script.name, self.each.running.url),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def output(self) -> str:
        return self.process.communicate()[0]

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()
        self.script.close()


def _time(output: str, name: str) -> float:
    """Milliseconds; of nothing that was answered, for ever."""
    found = FOUND[name].search(output)
    return float(found[1]) * MILLISECONDS[found[2]] or math.inf


def _lua(text: str) -> str:
    return json.dumps(text)
