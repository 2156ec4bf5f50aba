import io
import re
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

from ecms.images import reencode

GPS, ORIENTATION, DESCRIPTION = 0x8825, 0x0112, 0x010E


def encoded(image, image_format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def result_of(content):
    return reencode(io.BytesIO(content))


def decoded(content):
    image = Image.open(io.BytesIO(content), formats=["WEBP"])
    image.load()
    return image


def refusal(content):
    with pytest.raises(ValidationError) as caught:
        result_of(content)
    assert caught.value.messages[0]
    return caught.value.code


def halves(size=(64, 32), mode="RGB", left="red", right="blue"):
    image = Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


def close_to(pixel, expected):
    return all(abs(value - wanted) < 30 for value, wanted in zip(pixel, expected, strict=False))


def png_chunk(kind, data):
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png_bomb(width, height):
    """A valid 1-bit PNG, white and well compressed."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 2) * height), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def photo_with_everything():
    exif = Image.Exif()
    exif[DESCRIPTION] = "CANARI-EXIF"
    exif[GPS] = {1: "N", 2: (3.0, 52.0, 0.0), 3: "E", 4: (11.0, 31.0, 0.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(
        halves(),
        "JPEG",
        exif=exif,
        comment=b"CANARI-COMMENTAIRE",
        icc_profile=profile,
        xmp=b"<x:xmpmeta>CANARI-XMP</x:xmpmeta>",
    )


def test_a_photo_comes_out_as_webp_in_two_widths():
    image = result_of(encoded(halves((3000, 2000)), "JPEG"))

    assert (image.width, image.height) == (1600, 1066)
    assert decoded(image.large).size == (1600, 1066)
    assert decoded(image.small).size == (480, 319)
    assert image.read() == image.large
    assert image.size == len(image.large)


def test_a_small_image_is_never_enlarged():
    image = result_of(encoded(halves((64, 32))))
    assert decoded(image.large).size == decoded(image.small).size == (64, 32)


def test_the_name_is_random_and_owes_nothing_to_the_upload():
    content = encoded(halves())
    upload = SimpleUploadedFile("../../CON\u202e.png", content, content_type="image/png")
    names = {reencode(upload).name, reencode(upload).name}

    assert len(names) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}\.webp", name) for name in names)


def test_the_whole_file_is_read_wherever_it_stands():
    buffer = io.BytesIO(encoded(halves()))
    buffer.seek(0, io.SEEK_END)
    assert reencode(buffer).width == 64


# Bounds


def test_a_pixel_bomb_is_refused_without_being_decoded():
    bomb = png_bomb(13_000, 13_000)
    assert len(bomb) < 50_000
    started = time.perf_counter()
    assert refusal(bomb) == "image_trop_grande"
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("size", [(30_000, 30_000), (20_001, 1), (1, 20_001), (2**31 - 1, 1)])
def test_too_many_pixels_are_refused(size):
    header = struct.pack(">IIBBBBB", *size, 1, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")
    assert refusal(content) == "image_trop_grande"


@pytest.mark.parametrize("side", [7_000, 13_000, 16_384])
def test_a_webp_bomb_is_refused(side):
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    bomb = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    bomb[24:30] = (side - 1).to_bytes(3, "little") * 2
    assert refusal(bytes(bomb)) == "image_trop_grande"


def test_the_limit_of_pixels_is_a_setting(settings):
    content = encoded(halves((64, 32)))
    settings.IMAGE_MAX_PIXELS = 64 * 32
    assert result_of(content)
    settings.IMAGE_MAX_PIXELS -= 1
    assert refusal(content) == "image_trop_grande"


def test_the_limit_of_bytes_is_a_setting(settings):
    content = encoded(halves())
    settings.IMAGE_MAX_BYTES = len(content)
    assert result_of(content)
    assert refusal(content + b"\x00") == "image_trop_lourde"


def test_a_heavy_file_is_not_read_to_its_end(settings):
    class Endless(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= settings.IMAGE_MAX_BYTES + 1
            return bytes(size)

    with pytest.raises(ValidationError) as caught:
        reencode(Endless())
    assert caught.value.code == "image_trop_lourde"
    assert "10 Mo" in caught.value.messages[0]


# Nothing of the received file remains


def test_position_and_other_metadata_are_gone():
    content = photo_with_everything()
    assert content.count(b"CANARI") == 3
    image = result_of(content)

    for result in (image.large, image.small):
        assert b"CANARI" not in result
        assert set(decoded(result).info) <= {"loop", "background", "timestamp", "duration"}
        assert not decoded(result).getexif()


def test_text_in_a_png_is_gone():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "CANARI")
    text.add_itxt("XML:com.adobe.xmp", "CANARI")
    content = encoded(halves(), pnginfo=text)
    assert b"CANARI" in content
    assert b"CANARI" not in result_of(content).large


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("tail", [b"PK\x03\x04CANARI", b"<script>CANARI</script>", b"\x00" * 999])
def test_trailing_bytes_are_gone(image_format, tail):
    image = result_of(encoded(halves(), image_format) + tail)
    assert tail not in image.large + image.small


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_stands_as_it_was_taken(orientation):
    """Red on the left, blue on the right, whatever way the camera stored it."""
    upright = halves((80, 40))
    turned = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for method in turned[orientation]:
        stored = stored.transpose(method)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = result_of(encoded(stored, "JPEG", exif=exif, quality=95))

    large = decoded(image.large)
    assert large.size == (image.width, image.height) == (80, 40)
    assert close_to(large.getpixel((5, 20)), (255, 0, 0))
    assert close_to(large.getpixel((75, 20)), (0, 0, 255))


def test_a_sideways_photo_is_bounded_by_its_upright_width():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    image = result_of(encoded(halves((3000, 2000)), "JPEG", exif=exif))
    assert (image.width, image.height) == (1600, 2400)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_odd_metadata_do_not_refuse_a_photo(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    content = encoded(halves(), "JPEG", exif=exif)
    assert result_of(content).width == 64
    assert result_of(content.replace(b"Exif\x00\x00MM", b"Exif\x00\x00XX")).width == 64
    assert result_of(
        content.replace(b"Exif\x00\x00MM\x00*\x00\x00", b"Exif\x00\x00MM\x00*\x00\xff")
    )


# Kinds of image


def test_transparency_is_kept():
    image = halves(mode="RGBA", left=(255, 0, 0, 0), right=(0, 0, 255, 255))
    large = decoded(result_of(encoded(image)).large)
    assert large.mode == "RGBA"
    assert large.getpixel((5, 5))[3] == 0
    assert large.getpixel((60, 5))[3] == 255


def test_transparency_of_a_palette_is_kept():
    image = halves().convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
    transparent = image.getpixel((0, 0))
    large = decoded(result_of(encoded(image, transparency=transparent)).large)
    assert large.getpixel((5, 5))[3] == 0
    assert large.getpixel((60, 5))[3] == 255


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_png_is_read(mode):
    image = result_of(encoded(halves((64, 32), left="black", right="white").convert(mode)))
    large = decoded(image.large)
    assert close_to(large.getpixel((5, 5)), (0, 0, 0))
    assert close_to(large.getpixel((60, 5)), (255, 255, 255))


def test_sixteen_bit_greys_are_scaled():
    image = Image.new("I;16", (64, 32), 32_768)
    assert close_to(decoded(result_of(encoded(image)).large).getpixel((5, 5)), (128, 128, 128))


def test_a_print_photo_is_read():
    content = encoded(halves().convert("CMYK"), "JPEG", quality=95)
    large = decoded(result_of(content).large)
    assert large.mode == "RGB"
    assert close_to(large.getpixel((5, 5)), (255, 0, 0))


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 5}, {"subsampling": 0}])
def test_every_kind_of_jpeg_is_read(options):
    assert result_of(encoded(halves(), "JPEG", **options)).width == 64


@pytest.mark.parametrize("image_format", ["WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(image_format):
    frames = [Image.new("RGB", (64, 32), colour) for colour in ("red", "blue", "green")]
    content = encoded(frames[0], image_format, save_all=True, append_images=frames[1:])
    large = decoded(result_of(content).large)
    assert large.n_frames == 1
    assert close_to(large.getpixel((5, 5)), (255, 0, 0))


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((1, 1), (1, 1), (1, 1)),
        ((100, 5000), (100, 5000), (100, 5000)),
        ((20_000, 1), (1600, 1), (480, 1)),
        ((1, 20_000), (1, 16_383), (1, 16_383)),
    ],
)
def test_extreme_proportions_are_kept(size, large, small):
    image = result_of(encoded(Image.new("RGB", size, "red")))
    assert decoded(image.large).size == large
    assert decoded(image.small).size == small


# What is not an image


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n1 0 obj\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"PK\x03\x04\x14\x00",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"RIFF",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"<?php system('id'); ?>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", bytes(13)),
        encoded(halves(), "GIF"),
        encoded(halves(), "BMP"),
        encoded(halves(), "TIFF"),
        encoded(halves(), "ICO"),
        encoded(halves(), "PDF"),
    ],
    ids=lambda content: ascii(content[:12]),
)
def test_another_kind_of_file_is_refused(content):
    assert refusal(content) == "image_invalide"


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_truncated_image_is_refused(image_format, share):
    noise = Image.effect_noise((200, 100), 60).convert("RGB")
    content = encoded(noise, image_format)
    assert refusal(content[: int(len(content) * share)]) == "image_invalide"


def test_a_text_that_inflates_without_end_is_refused():
    text = b"Comment\x00\x00" + zlib.compress(bytes(80_000_000))
    content = encoded(halves())
    assert refusal(content[:33] + png_chunk(b"zTXt", text) + content[33:]) == "image_invalide"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("photo.png", "image/png"),
        ("PHOTO.PNG", "image/png"),
        ("archive.tar.png", "application/octet-stream"),
        ("blob", "image/png"),
        ("photo.png", ""),
    ],
)
def test_a_name_and_a_type_that_tell_the_truth_pass(name, content_type):
    assert reencode(SimpleUploadedFile(name, encoded(halves()), content_type))


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("photo.jpg", "image/png"),
        ("photo.svg", "image/png"),
        ("photo.png.html", "image/png"),
        ("photo.png", "text/html"),
        ("photo.png", "image/svg+xml"),
        ("photo.png", "image/jpeg"),
    ],
)
def test_a_name_or_a_type_that_lies_is_refused(name, content_type):
    with pytest.raises(ValidationError) as caught:
        reencode(SimpleUploadedFile(name, encoded(halves()), content_type))
    assert caught.value.code == "image_invalide"
