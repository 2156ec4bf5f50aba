from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("later", "0001_elargir")]
    operations = [
        migrations.RunSQL(
            'CREATE INDEX CONCURRENTLY "faults_epinglees"'
            ' ON "documents_actualite" ("faults_epinglee")',
            'DROP INDEX CONCURRENTLY IF EXISTS "faults_epinglees"',
        ),
    ]
