from django.db.models import Func, TextField


class SansAccents(Func):
    """The SQL function `sans_accents` (migration ecms.0001): lower case, no accent, no hyphen.

    Both sides of a comparison go through it; it is immutable, so it can be indexed.
    """

    function = "sans_accents"
    arity = 1
    output_field = TextField()
