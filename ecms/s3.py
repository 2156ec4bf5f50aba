"""The two storages in an S3-compatible store, where `MEDIA_STORAGE` says so."""

from storages.backends.s3 import S3Storage


class PublicS3Storage(S3Storage):
    """Files with an address that never changes its content."""


class PrivateS3Storage(S3Storage):
    """Files of a bucket that nobody but the application reads, and whose addresses are told to
    nobody."""

    def url(self, name, parameters=None, expire=None, http_method=None):
        raise ValueError("A private file has no address.")
