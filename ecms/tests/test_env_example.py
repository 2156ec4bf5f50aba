"""`.env.example` names every variable that is read, and none that is not."""

import re

from django.conf import settings

READ = re.compile(
    r"""env\.(?:text|flag|integer|seconds|items|choice|url|origins|rate)\(\s*["']([A-Z0-9_]+)["']|"""
    r"""environ\.get\("([A-Z_]+)"|self\.flag\("([A-Z_]+)\""""
)
# Set by the test runner, never by an operator.
INTERNAL = {"PYTEST_VERSION", "EMBEDDED_PG_BIN"}
# Section 8 of the verification report.
DOCUMENTED = {
    "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_HOST", "DB_PORT", "SECRET_KEY", "DEBUG",
    "ALLOWED_HOSTS", "EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS",
    "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "API_BASE_URL", "FRONTEND_URL",
}  # fmt: skip


def names_read() -> set[str]:
    sources = ["ecms/settings.py", "ecms/environment.py"]
    text = "".join((settings.BASE_DIR / name).read_text(encoding="utf-8") for name in sources)
    return {name for match in READ.findall(text) for name in match if name} - INTERNAL


def names_in_the_example() -> set[str]:
    text = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?([A-Z][A-Z_0-9]+)=", text, re.M))


def test_every_variable_that_is_read_is_in_the_example():
    assert names_read() - names_in_the_example() == set()


def test_the_example_names_nothing_else():
    assert names_in_the_example() - names_read() == set()


def test_the_documented_variables_are_all_read():
    assert names_read() >= DOCUMENTED
