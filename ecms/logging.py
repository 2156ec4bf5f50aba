import logging

from ecms.requests import request_id


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request that it was written for, "-" outside of one."""

    def filter(self, record) -> bool:
        record.request_id = request_id.get()
        return True
