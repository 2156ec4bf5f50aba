from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0006_compter_sans_lire")]

    operations = [
        AddIndexConcurrently(
            "documentofficiel",
            models.Index(
                fields=["-date_publication", "-id"],
                include=["mairie"],
                condition=models.Q(est_public=True),
                name="documents_officiel_nation",
            ),
        ),
        RemoveIndexConcurrently("documentofficiel", "documents_officiel_pays"),
    ]
