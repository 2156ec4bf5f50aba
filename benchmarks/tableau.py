"""What is printed: figures in columns, and beside each target whether it is held."""

from benchmarks.charge import Contender

HELD, MISSED = "tenu", "non tenu"
FIGURES = ("req/s", "± %", "p50 ms", "p99 ms", "CPU web", "CPU PG", "queries")


def at_least(figure: float, target: float, what: str) -> str:
    return f"{what} {figure:.2f} (>= {target:g}: {HELD if figure >= target else MISSED})"


def at_most(figure: float, target: float, what: str) -> str:
    return f"{what} {figure:.2f} (<= {target:g}: {HELD if figure <= target else MISSED})"


def under(figure: float, target: float, what: str) -> str:
    return f"{what} {figure:.2f} (< {target:g}: {HELD if figure < target else MISSED})"


def ratio(each: Contender, other: Contender) -> float:
    return each.median("per_second") / other.median("per_second")


def comparison(title: str, contenders: list[Contender], ratios: dict[str, Contender]) -> str:
    """Medians of the rounds (CPU in milliseconds a request); `ratios` are those of the requests
    per second to others."""
    headings = (*FIGURES, *(f"÷ {name}" for name in ratios))
    rows = [("", *headings)]
    for each in contenders:
        figures = [f"{each.median(name):.2f}" for name in ("p50", "p99", "cpu", "pg")]
        compared = [f"{ratio(each, other):.2f}" for other in ratios.values()]
        rate, noise = f"{each.median('per_second'):.0f}", f"{each.noise:.0f}"
        rows.append((each.name, rate, noise, *figures, each.queries, *compared))
    return columns(title, rows)


def columns(title: str, rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([title, *(_line(row, widths) for row in rows)])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    name, *figures = cells
    right = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *right])
