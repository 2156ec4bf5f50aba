from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from ecms import links
from ecms.api.exports import AnyAccept
from ecms.api.schema import file_schema


class LinkView(APIView):
    """A private file by its signed address, which is good for ten minutes."""

    unscoped = "the signature names one file, and was given to whoever may read it"
    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = AnyAccept

    @file_schema
    def get(self, request, token):
        return links.deliver(request, token)
