"""Measures each request, and answers Prometheus."""

from time import perf_counter

from django.conf import settings

from ecms.observing import exposition, meters
from ecms.observing.context import doing
from ecms.observing.queries import tally


class MeasuringMiddleware:
    """Outside of what makes the answer, so that all of it is timed.

    `/metrics` is answered here and is no route: without the token it is an address like any other
    that does not exist. It asks for no allowed host and no HTTPS, so that a process can be scraped
    where it listens.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.counts = bool(settings.METRICS_TOKEN)

    def __call__(self, request):
        if self.counts and request.path_info == "/metrics" and exposition.may_read(request):
            return exposition.answer()
        token = doing.set(request)
        start, count, waited = perf_counter(), tally.count, tally.seconds
        try:
            response = self.get_response(request)
            if self.counts:
                meters.count_request(
                    request,
                    response,
                    perf_counter() - start,
                    tally.count - count,
                    tally.seconds - waited,
                )
            return response
        finally:
            doing.reset(token)
