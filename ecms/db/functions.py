import re
from functools import reduce
from operator import add

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Func, TextField, Value

# `-word` and `-"some words"`: what a found text does not contain.
EXCLUDED = re.compile(r'(?<!\S)-("[^"]*"|\S+)')


class SansAccents(Func):
    """The SQL function `sans_accents` (migration ecms.0001): lower case, no accent, no hyphen.

    Both sides of a comparison go through it; it is immutable, so it can be indexed.
    """

    function = "sans_accents"
    arity = 1
    output_field = TextField()


def search_column(**weights: str) -> models.GeneratedField:
    """The column that full text is searched in: French stems, without accents, of the fields
    named with their weight (A, the heaviest, to D). It is kept by PostgreSQL itself."""
    vectors = [
        SearchVector(SansAccents(name), weight=weight, config="french")
        for name, weight in weights.items()
    ]
    return models.GeneratedField(
        expression=reduce(add, vectors), output_field=SearchVectorField(), db_persist=True
    )


def web_query(text: str):
    """What a person typed, as a query of `search_column`: words, `"a phrase"`, `or`, `-excluded`.

    The excluded are taken out first, for `sans_accents` turns their sign into a space.
    """
    query = _words(EXCLUDED.sub(" ", text))
    return reduce(lambda found, word: found & ~_words(word), EXCLUDED.findall(text), query)


def _words(text: str) -> SearchQuery:
    return SearchQuery(SansAccents(Value(text)), config="french", search_type="websearch")
