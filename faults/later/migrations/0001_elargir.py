from django.db import migrations


class Migration(migrations.Migration):
    """What a release adds: columns that the old code does not know, with the database's default."""

    operations = [
        migrations.RunSQL(
            'ALTER TABLE "documents_actualite" ADD COLUMN "faults_epinglee" boolean'
            " DEFAULT false NOT NULL",
            'ALTER TABLE "documents_actualite" DROP COLUMN IF EXISTS "faults_epinglee"',
        ),
        migrations.RunSQL(
            'CREATE TABLE "faults_etiquette" ("id" bigint PRIMARY KEY, "nom" text NOT NULL)',
            'DROP TABLE IF EXISTS "faults_etiquette"',
        ),
    ]
