import pytest


@pytest.fixture
def signed_in(client):
    """`signed_in(awa)` is Awa at the admin."""

    def sign_in(user):
        client.force_login(user)
        # The first page opens the session that the others use.
        client.get("/admin/")
        return client

    return sign_in
