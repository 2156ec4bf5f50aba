from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("projets", "0003_documents")]

    operations = [
        AddIndexConcurrently(
            "projet",
            models.Index(
                fields=["-date_creation", "-id"],
                include=["mairie"],
                condition=models.Q(est_public=True),
                name="projets_projet_nation",
            ),
        ),
        RemoveIndexConcurrently("projet", "projets_projet_pays"),
    ]
