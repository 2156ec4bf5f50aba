"""The guide for the staff of town halls (docs/agents): its pictures and links lead somewhere."""

import re

import pytest
from django.conf import settings

GUIDE = settings.BASE_DIR / "docs" / "agents"
PAGES = sorted(GUIDE.glob("*.md"))
IMAGE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#]+)[^)]*\)")
MOST_BYTES, MOST_OF_ALL, MOST_IMAGES = 80_000, 1_200_000, 20


def images() -> set[str]:
    return {f"images/{each.name}" for each in (GUIDE / "images").iterdir()}


def test_every_image_that_is_named_is_there_and_no_other():
    named = [match for page in PAGES for match in IMAGE.findall(page.read_text("utf-8"))]
    assert {path for _said, path in named} == images()
    assert all(len(said) > 10 for said, _path in named)


def test_images_are_small():
    sizes = [(GUIDE / each).stat().st_size for each in images()]
    assert len(sizes) <= MOST_IMAGES
    assert max(sizes) < MOST_BYTES
    assert sum(sizes) < MOST_OF_ALL


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files(page):
    leads = [path for path in LINK.findall(page.read_text("utf-8")) if "://" not in path]
    assert leads
    assert [path for path in leads if not (GUIDE / path).resolve().is_file()] == []


def test_every_page_is_in_the_table_of_contents():
    listed = set(LINK.findall((GUIDE / "README.md").read_text("utf-8")))
    assert {page.name for page in PAGES} - {"README.md"} <= listed
