"""`script/server`: what it serves says where it is served."""

import pytest

from ecms.management.commands.demo import api_root


@pytest.mark.parametrize(
    ("bound", "root"),
    [
        ("127.0.0.1:8001", "http://127.0.0.1:8001/api/v1"),
        ("0.0.0.0:8001", "http://127.0.0.1:8001/api/v1"),
        ("192.168.1.7:80", "http://192.168.1.7:80/api/v1"),
    ],
)
def test_addresses_begin_where_it_listens(bound, root):
    assert api_root(bound) == root
