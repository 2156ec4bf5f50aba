from django.db import migrations

# Lower case, without accents, hyphens as spaces: what searching and sorting compare. Immutable, so
# that it can be indexed, and without any extension of PostgreSQL.
CREATE = r"""
CREATE FUNCTION sans_accents(texte text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    regexp_replace(
        normalize(
            replace(replace(replace(lower(texte), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'), NFD
        ),
        '[\u0300-\u036f]', '', 'g'
    ),
    '-_’''', '    '
)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION sans_accents(text)")]
