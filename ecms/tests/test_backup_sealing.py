"""Sealed parts: what goes in comes out, and nothing else does."""

import io

import pytest

from ecms.backups.errors import BackupError, DamagedBackup
from ecms.backups.sealing import CHUNK, MAGIC, SALT, TAG, SealingWriter, Secret, unseal

KEY = "une phrase de passe de sauvegarde"
SECRET = Secret(KEY)
HEADER = len(MAGIC) + SALT


def sealed(content: bytes, part="media.tar") -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, SECRET, part)
    for start in range(0, len(content), 70_001):
        writer.write(content[start : start + 70_001])
    writer.close()
    return target.getvalue()


def opened(content: bytes, part="media.tar", secret=SECRET) -> bytes:
    return b"".join(unseal(io.BytesIO(content), secret, part))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_it_works(size):
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(content[:size])) == content[:size]


@pytest.mark.parametrize("at", [0, HEADER - 1, HEADER, HEADER + CHUNK + TAG + 3, -1])
def test_one_flipped_bit_is_noticed(at):
    content = bytearray(sealed(b"x" * (2 * CHUNK)))
    content[at] ^= 1
    with pytest.raises(DamagedBackup):
        opened(bytes(content))


def test_chunks_keep_their_order_and_their_number():
    content = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    first, second, last = (
        content[HEADER : HEADER + CHUNK + TAG],
        content[HEADER + CHUNK + TAG : HEADER + 2 * (CHUNK + TAG)],
        content[HEADER + 2 * (CHUNK + TAG) :],
    )
    head = content[:HEADER]
    assert opened(head + first + second + last) == b"a" * CHUNK + b"b" * CHUNK + b"c"
    for wrong in (
        second + first + last,
        first + last,
        first + second,
        first + second + last + last,
        b"",
        first + second + last[:-1],
    ):
        with pytest.raises(DamagedBackup):
            opened(head + wrong)


def test_a_part_is_no_other_part():
    with pytest.raises(DamagedBackup):
        opened(sealed(b"x"), part="private.tar")


def test_another_key_opens_nothing():
    other = Secret(KEY + "!", SECRET.salt)
    assert other.fingerprint != SECRET.fingerprint
    with pytest.raises(DamagedBackup):
        opened(sealed(b"x"), secret=other)


def test_a_short_key_is_refused():
    with pytest.raises(BackupError, match="trop courte"):
        Secret("abc")
