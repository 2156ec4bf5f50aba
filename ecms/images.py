"""Uploaded images: bounded before they are decoded, and always encoded anew.

What is published is never the bytes that were received, so neither GPS positions nor
anything hidden in the file can leave the mairie.
"""

import io
import math
import struct
import uuid
from pathlib import PurePath
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

LARGE_WIDTH = 1600
SMALL_WIDTH = 480
QUALITY = 80
SIDE_AT_MOST = 20_000
WEBP_SIDE_AT_MOST = 16_383

# Chosen by signature rather than with Image.open(), whose own pixel limit is looser than ours
# and is a process-wide warning.
READERS = (
    (
        b"\xff\xd8\xff",
        JpegImageFile,
        {".jpg", ".jpeg", ".jpe", ".jfif"},
        {"image/jpeg", "image/jpg", "image/pjpeg"},
    ),
    (b"\x89PNG\r\n\x1a\n", PngImageFile, {".png"}, {"image/png"}),
    (b"RIFF", WebPImageFile, {".webp"}, {"image/webp"}),
)
# Clients that do not know the type of a file send one of these.
UNDECLARED = {"", "application/octet-stream", "binary/octet-stream"}

# What Pillow raises on hostile files: its documented errors, and what its parsers let through.
# Its remarks on damaged metadata are warnings, which become exceptions where they are errors.
DECODING_ERRORS = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    UserWarning,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
)

Transpose = Image.Transpose
ORIENTATIONS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}


class ReencodedImage(ContentFile):
    """A WebP image in two widths: the file is `large`, at most 1600 pixels wide.

    `width` and `height` are those of `large`; `small` is at most 480 pixels wide. The name is
    random and never used again, so that caches may keep it for ever.
    """

    def __init__(self, large: bytes, small: bytes, size: tuple[int, int]) -> None:
        super().__init__(large, name=f"{uuid.uuid4().hex}.webp")
        self.large = large
        self.small = small
        self.width, self.height = size


def reencode(upload: BinaryIO) -> ReencodedImage:
    """Read a JPEG, PNG or WebP file and encode its first image as WebP.

    `upload` is any binary file; when it says its name and its type, they must agree with its
    content. Raises `ValidationError`: `image_trop_lourde` (bytes), `image_trop_grande` (pixels)
    or `image_invalide` (anything else).
    """
    image = _opened(upload)
    try:
        return _encoded(image)
    except DECODING_ERRORS as error:
        raise _invalid() from error


def _opened(upload: BinaryIO) -> ImageFile:
    """The image with its header read and nothing decoded."""
    content = _content(upload)
    reader = _reader(content, upload)
    try:
        image = reader(io.BytesIO(content))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except DECODING_ERRORS as error:
        raise _invalid() from error
    if image.width * image.height > settings.IMAGE_MAX_PIXELS or max(image.size) > SIDE_AT_MOST:
        raise _too_many_pixels()
    return image


def _content(upload: BinaryIO) -> bytes:
    # Reading one byte too many tells the truth, whatever size the upload declares.
    upload.seek(0)
    content = upload.read(settings.IMAGE_MAX_BYTES + 1)
    if len(content) > settings.IMAGE_MAX_BYTES:
        raise ValidationError(
            _("Cette image est trop lourde : %(limite)s Mo au plus."),
            code="image_trop_lourde",
            params={"limite": f"{settings.IMAGE_MAX_BYTES / 2**20:.3g}"},
        )
    return content


def _reader(content: bytes, upload: BinaryIO) -> type[ImageFile]:
    extension = PurePath(str(getattr(upload, "name", None) or "")).suffix.lower()
    declared = (getattr(upload, "content_type", None) or "").lower()
    for signature, reader, extensions, types in READERS:
        if content.startswith(signature):
            if extension in {"", *extensions} and declared in types | UNDECLARED:
                return reader
            raise ValidationError(
                _("Le nom ou le type de ce fichier ne correspond pas à son contenu."),
                code="image_invalide",
            )
    raise _invalid()


def _encoded(image: ImageFile) -> ReencodedImage:
    orientation = _orientation(image)
    large = _upright(image, orientation)
    small = large.resize(_fitted(large.size, SMALL_WIDTH), Image.Resampling.LANCZOS)
    return ReencodedImage(_webp(large), _webp(small), large.size)


def _orientation(image: ImageFile) -> int:
    """How the camera was held, 1 when unknown: a photo is not refused for odd metadata.

    `ImageOps.exif_transpose` would also write the other metadata anew, which fails on some.
    """
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except DECODING_ERRORS:
        return 1


def _upright(image: ImageFile, orientation: int) -> Image.Image:
    """The image at its large size, turned only then: turning a small one costs less memory."""
    sideways = orientation in SIDEWAYS
    upright_size = image.size[::-1] if sideways else image.size
    size = _fitted(upright_size, LARGE_WIDTH)
    size = size[::-1] if sideways else size
    # A JPEG is decoded directly at the half, quarter or eighth that is still large enough.
    image.draft(None, size)
    image.load()
    resized = _eight_bits(image).resize(size, Image.Resampling.LANCZOS)
    return resized.transpose(ORIENTATIONS[orientation]) if orientation in ORIENTATIONS else resized


def _fitted(size: tuple[int, int], width: int) -> tuple[int, int]:
    """`size` reduced to `width`, and to the height that WebP can hold; never enlarged."""
    scale = min(1, width / size[0], WEBP_SIDE_AT_MOST / size[1])
    return max(1, math.floor(size[0] * scale)), max(1, math.floor(size[1] * scale))


def _eight_bits(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent. A colour profile is dropped, not applied."""
    if image.mode.startswith("I"):
        # Pillow would clip 16-bit greys to white instead of scaling them.
        grey = image.point(lambda value: value / 256).convert("L")
        grey.info.pop("transparency", None)
        return grey.convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _webp(image: Image.Image) -> bytes:
    image.info = {}
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY)
    return buffer.getvalue()


def _invalid() -> ValidationError:
    return ValidationError(
        _("Ce fichier n'est pas une image JPEG, PNG ou WebP lisible."), code="image_invalide"
    )


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _(
            "Cette image est trop grande : %(millions)s millions de pixels "
            "et %(cote)s pixels de côté au plus."
        ),
        code="image_trop_grande",
        params={
            "millions": f"{settings.IMAGE_MAX_PIXELS / 10**6:.3g}",
            "cote": SIDE_AT_MOST,
        },
    )
