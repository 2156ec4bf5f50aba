"""Reads a report of pip-audit, or of npm with --npm: prints `unreachable`, `clean (…)`, or what was
found. Both tools end alike when they found something and when nobody answered them."""

import json
import sys
from pathlib import Path


def main(arguments: list[str]) -> str:
    read = of_npm if "--npm" in arguments else of_pip
    try:
        return read(json.loads(Path(arguments[-1]).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):
        return "unreachable"


def of_pip(report: dict) -> str:
    """An index that does not have the service answers 404 for each package, which is then skipped:
    a list that was skipped as a whole was not audited."""
    packages = report["dependencies"]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    if len(skipped) == len(packages):
        return "unreachable"
    lines = [
        f"  {each['name']} {each['version']}: {weakness['id']}"
        f" (repaired in {', '.join(weakness['fix_versions']) or 'no version yet'})"
        for each in packages
        for weakness in each.get("vulns", [])
    ]
    if lines:
        return "\n".join(lines)
    passed = f", not audited: {', '.join(skipped)}" if skipped else ""
    return f"clean ({len(packages) - len(skipped)} packages{passed})"


def of_npm(report: dict) -> str:
    weak = report["vulnerabilities"]
    lines = [
        f"  {name}: {each['severity']}"
        for name, each in weak.items()
        if each["severity"] in {"high", "critical"}
    ]
    return "\n".join(lines) or f"clean ({report['metadata']['dependencies']['total']} packages)"


if __name__ == "__main__":
    print(main(sys.argv[1:]))
