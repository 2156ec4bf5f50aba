"""The same promises wherever files are kept: on a disk, or in an S3-compatible store."""

import urllib.error
import urllib.request
import uuid

import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from documents.models import Actualite, DocumentOfficiel
from ecms.environment import BadEnvironment
from ecms.storages import s3_storages
from ecms.tests.files import photo, small_pdf, upload

URL = "/api/v1/documents-officiels"
KEYS = {"access_key": "clef", "secret_key": "secret", "region_name": "us-east-1"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def store():
    """The address of an S3 server on the loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3"])
def kept(request, settings, monkeypatch):
    """`kept()` lists what is kept in private."""
    if request.param == "local":
        root = settings.PRIVATE_ROOT
        yield lambda: [path for path in root.rglob("*") if path.is_file()]
        return
    store = request.getfixturevalue("store")
    media, private = (f"ecms-{uuid.uuid4().hex}" for _bucket in range(2))
    found = s3_storages(
        bucket=media, private_bucket=private, public_url="", endpoint_url=store, **KEYS
    )
    settings.STORAGES = {**settings.STORAGES, **found}
    # The field looks its storage up once, when it is made.
    field = DocumentOfficiel._meta.get_field("fichier")
    monkeypatch.setattr(field, "storage", storages["private"])
    client = storages["private"].connection.meta.client
    for bucket in (media, private):
        client.create_bucket(Bucket=bucket)
    yield lambda: client.list_objects_v2(Bucket=private).get("Contents", [])
    for alias in ("default", "private"):
        storages[alias].connection.meta.client.close()


def post(client, content=None, name="Budget.pdf", **changes):
    file = upload(content or small_pdf(), name)
    body = {"titre": "Budget", "annee": 2026, "fichier": file, **changes}
    return client.post(URL, body, format="multipart")


@pytest.mark.django_db(transaction=True)
def test_filed_delivered_replaced_deleted(api, awa, kept):
    client = api(awa)
    created = post(client, est_public=True)
    assert created.status_code == 201, created.content
    assert len(kept()) == 1
    body = created.json()
    whole = api().get(body["fichier_url"])
    assert (whole.status_code, whole.getvalue()) == (200, small_pdf())
    part = api().get(body["fichier_url"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.getvalue()) == (206, small_pdf()[10:20])
    head = api().head(body["fichier_url"])
    assert head.headers["Content-Length"] == str(len(small_pdf()))
    url = f"{URL}/{body['id']}"
    table = upload(b"a;b\n1;2\n", "a.csv", "text/csv")
    assert client.patch(url, {"fichier": table}, format="multipart").status_code == 200
    assert api().get(body["fichier_url"]).getvalue() == b"a;b\n1;2\n"
    assert len(kept()) == 1
    assert client.delete(url).status_code == 204
    assert not kept()


def test_what_is_refused_is_not_kept(api, awa, kept):
    assert post(api(awa), b"MZ\x90\x00", "a.pdf").status_code == 400
    assert post(api(awa), remplace_par=1).status_code == 400
    assert not kept()


def test_a_private_file_has_no_address(api, awa, kept):
    post(api(awa))
    with pytest.raises(ValueError, match="no address"):
        _ = DocumentOfficiel.objects.get().fichier.url


def test_a_lost_file_is_not_found(api, awa, kept):
    url = post(api(awa), est_public=True).json()["fichier_url"]
    file = DocumentOfficiel.objects.get().fichier
    file.storage.delete(file.name)
    assert api().get(url).status_code == api().head(url).status_code == 404


def test_a_public_image_has_an_address(api, awa, kept):
    body = {"titre": "x", "contenu": "x", "image": upload(photo(), "a.jpg", "image/jpeg")}
    created = api(awa).post("/api/v1/actualites", body, format="multipart")
    assert created.status_code == 201
    row = Actualite.objects.get()
    with row.image.storage.open(row.image.name) as file:
        assert file.read(4) == b"RIFF"
    assert "Signature" not in created.json()["image"]
    assert not kept()


@pytest.mark.parametrize("kept", ["s3"], indirect=True)
def test_nobody_else_reads_the_private_bucket(api, awa, kept, store):
    """By the bucket's own default: nothing that we store is given to the public."""
    post(api(awa))
    file = DocumentOfficiel.objects.get().fichier
    acl = file.storage.bucket.Object(file.name).Acl().grants
    assert [grant["Grantee"]["Type"] for grant in acl] == ["CanonicalUser"]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{store}/{file.storage.bucket_name}/{file.name}")
    assert caught.value.code == 403
    caught.value.close()


def test_the_public_address():
    found = s3_storages(bucket="a", private_bucket="b", public_url="https://m.exemple.cm/x", **KEYS)
    storage = storages.create_storage(found["default"])
    assert storage.url("y.webp") == "https://m.exemple.cm/x/y.webp"


@pytest.mark.parametrize(("public", "private"), [("a", "a"), ("", "b"), ("a", "")])
def test_two_buckets_are_needed(public, private):
    with pytest.raises(BadEnvironment):
        s3_storages(bucket=public, private_bucket=private, public_url="", **KEYS)
