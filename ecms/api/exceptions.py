from rest_framework.exceptions import APIException


class PreconditionFailed(APIException):
    """The `If-Match` of the request names another version of the row."""

    status_code = 412


class PayloadTooLarge(APIException):
    status_code = 413


class Refused(APIException):
    """A 400 that carries a code of its own instead of fields."""

    status_code = 400
