"""Where files are kept: `STORAGES` of the settings, on a disk or in an S3-compatible store."""

from urllib.parse import urlsplit

from ecms.environment import BadEnvironment

A_YEAR = "public, max-age=31536000, immutable"
LOCAL_STORAGES = {
    "default": {"BACKEND": "ecms.files.WholeFiles"},
    "private": {"BACKEND": "ecms.files.PrivateStorage"},
}


def s3_storages(*, bucket: str, private_bucket: str, public_url: str, **common) -> dict:
    """A bucket that anyone reads, at `public_url` if that is given, and one that nobody does.

    Without keys they come from where the SDK finds them (a role of the machine, say).
    """
    if not bucket or not private_bucket or bucket == private_bucket:
        raise BadEnvironment("S3_BUCKET et S3_PRIVATE_BUCKET nomment deux seaux différents.")
    common = {**common, "file_overwrite": False, "default_acl": None, "signature_version": "s3v4"}
    public = {
        "bucket_name": bucket,
        "querystring_auth": False,
        "object_parameters": {"CacheControl": A_YEAR},
        **_address(public_url),
    }
    private = {"bucket_name": private_bucket, "querystring_auth": True}
    return {
        "default": {"BACKEND": "ecms.s3.PublicS3Storage", "OPTIONS": {**common, **public}},
        "private": {"BACKEND": "ecms.s3.PrivateS3Storage", "OPTIONS": {**common, **private}},
    }


def _address(public_url: str) -> dict:
    if not public_url:
        return {}
    parts = urlsplit(public_url)
    domain = f"{parts.netloc}{parts.path}"
    return {"custom_domain": domain, "url_protocol": f"{parts.scheme}:"}
