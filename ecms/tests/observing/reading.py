"""What Prometheus reads, as a test does."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-token-for-the-tests"


def figures(text: str) -> dict[tuple, float]:
    """{(name, (label, value)…): number}"""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(found: dict, name: str, **labels: str) -> float | None:
    return found.get((name, *sorted(labels.items())))


def scrape(client) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return answer.content.decode()


def scrape_process(root: str) -> str:
    request = urllib.request.Request(
        f"{root}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()
