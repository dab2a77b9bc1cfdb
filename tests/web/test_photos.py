"""Photos: sent by their hash, decoded elsewhere, shown clean, and only to those who may see them."""

import secrets
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from compliance.accounts.permissions import Role
from compliance.errors import InvalidInput
from compliance.patrols.models import Photo
from merchants_app import developing, photos
from merchants_app.access import TOKEN_HEADER
from merchants_app.blobs import Blobs
from merchants_app.errors import status_of
from tests.factories import World
from tests.visits import body, chief_of, fault, log, picture, sha256

GPS = 34853
ORIENTATION = 274


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def chief(client, world, shop):
    return world.sign_in(client, chief_of(world, shop))


def put(client, viewer, data, name=None):
    address = f"/api/v1/photos/{name or sha256(data)}"
    return client.put(address, content=data, headers={TOKEN_HEADER: viewer.csrf})


def shown(client, data):
    return client.get(f"/photos/{sha256(data)}")


def with_exif(**named):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[271] = "PlantedMaker"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (39.0, 56.0, 20.6)
    return picture(size=(4032, 3024), exif=exif, **named)


def bomb():
    """A PNG of 30,000 × 30,000 pixels in a few kilobytes."""

    def chunk(kind, data):
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * (30_000 * 3751), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def heic():
    file = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (800, 600), "teal")).save(file)
    return file.getvalue()


def test_a_photo_is_stored_again_and_again_with_the_same_answer(client, chief):
    data = picture()

    first, again = put(client, chief, data), put(client, chief, data)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json() == {
        "sha256": sha256(data),
        "size": len(data),
        "media_type": "image/jpeg",
    }


def test_what_is_shown_is_upright_small_and_tells_nothing_of_where_it_was_taken(
    client, context, chief
):
    data = with_exif()
    assert put(client, chief, data).status_code == 201

    answer = shown(client, data)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(answer.content)) as photo:
        assert photo.size == (1200, 1600)
        assert not photo.getexif()
        assert not {"exif", "icc_profile", "comment"} & set(photo.info)
    assert b"PlantedMaker" not in answer.content
    assert context.blobs.get(sha256(data)) == data


def test_a_photo_is_never_cached_by_others_nor_run(client, chief):
    data = picture()
    put(client, chief, data)

    headers = shown(client, data).headers

    assert headers["cache-control"].startswith("private")
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["content-disposition"].startswith("inline; filename=")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture(form="PNG"), "image/png"),
        (picture(form="WEBP"), "image/webp"),
        (heic(), "image/heic"),
    ],
    ids=["png", "webp", "heic"],
)
def test_other_formats_of_phones_are_taken_and_shown_as_jpeg(tmp_path, data, media_type):
    blobs = Blobs(tmp_path)

    developed = photos.develop(blobs, data)

    assert developed.media_type == media_type
    assert (developed.sha256, developed.size) == (sha256(data), len(data))
    with Image.open(blobs.path(developed.served_sha256)) as photo:
        assert photo.format == "JPEG"
        assert photo.size == (developed.width, developed.height)


def test_what_can_be_seen_through_stands_on_white(tmp_path):
    file, blobs = BytesIO(), Blobs(tmp_path)
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(file, "PNG")

    developed = photos.develop(blobs, file.getvalue())

    with Image.open(blobs.path(developed.served_sha256)) as photo:
        assert min(photo.getpixel((5, 5))) > 250


NOISE = picture(size=(300, 300))


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (NOISE[: len(NOISE) // 2], 415, "photo.not_an_image"),
        (NOISE[:20], 415, "photo.not_an_image"),
        (b"", 415, "photo.not_an_image"),
        (b"not a photo", 415, "photo.not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", 415, "photo.not_an_image"),
        (b"%PDF-1.7\n1 0 obj", 415, "photo.not_an_image"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, 415, "photo.not_an_image"),
        (picture(form="GIF"), 415, "photo.not_an_image"),
        (picture(form="TIFF"), 415, "photo.not_an_image"),
        (picture(form="BMP"), 415, "photo.not_an_image"),
        (bomb(), 413, "photo.too_many_pixels"),
        (picture(size=(5100, 5000), form="PNG"), 413, "photo.too_many_pixels"),
    ],
    ids=["cut", "head", "empty", "text", "svg", "pdf", "heic", "gif", "tiff", "bmp", "bomb", "large"],
)  # fmt: skip
def test_bad_uploads_are_refused_and_leave_nothing(tmp_path, data, status, code):
    blobs = Blobs(tmp_path)

    with pytest.raises(InvalidInput) as refused:
        photos.develop(blobs, data)

    assert refused.value.code == code
    assert status_of(refused.value) == status
    assert not list(tmp_path.rglob("*"))


def test_a_refused_upload_leaves_no_row(client, world, chief):
    data = b"not a photo"

    refused = put(client, chief, data)

    assert (refused.status_code, refused.json()["code"]) == (415, "photo.not_an_image")
    assert world.read(lambda session: session.get(Photo, sha256(data))) is None


def test_a_picture_that_is_also_a_page_is_shown_as_a_picture_only(client, chief):
    data = picture() + b"<html><script>alert(1)</script></html>"

    assert put(client, chief, data).status_code == 201

    assert b"<script>" not in shown(client, data).content


def test_the_hash_must_be_that_of_the_bytes(client, chief):
    refused = put(client, chief, picture(), name="0" * 64)

    assert (refused.status_code, refused.json()["code"]) == (422, "photo.hash_differs")


def test_a_photo_has_twelve_megabytes_at_most(client, chief):
    data = picture() + b"\0" * (12 * 1024 * 1024)

    assert put(client, chief, data).status_code == 413
    assert put(client, chief, data + b"\0" * 2**20).status_code == 413


def test_a_decoder_that_eats_memory_dies_alone(monkeypatch, tmp_path):
    data = picture(size=(4900, 4900), form="PNG")
    monkeypatch.setattr(photos, "SCRIPT", small_memory_script())

    with pytest.raises(InvalidInput) as refused:
        photos.develop(Blobs(tmp_path), data)

    assert refused.value.code == "photo.not_an_image"
    monkeypatch.undo()
    assert photos.develop(Blobs(tmp_path), data).width == 1600


def small_memory_script():
    code = (
        "import sys, importlib.util as u;"
        f"s = u.spec_from_file_location('developing', {str(Path(developing.__file__))!r});"
        "m = u.module_from_spec(s); s.loader.exec_module(m);"
        "m.MEMORY_BYTES = 150 * 1024 * 1024; sys.exit(m.main())"
    )
    return [sys.executable, "-I", "-c", code]


def test_photos_are_for_those_who_may_read_the_shop(client, world, shop, chief):
    data = picture("olive")
    put(client, chief, data)
    log(world, chief, body(world, shop, fault("O02", photos=[sha256(data)])), secrets.token_hex(16))
    other = world.shop(lane="双峪路")

    def status_for(role, *places):
        world.sign_in(client, world.viewer(role, *places))
        return shown(client, data).status_code

    assert status_for(Role.MERCHANT, ("tenancy", shop.tenancy_id)) == 200
    assert status_for(Role.MERCHANT, ("tenancy", other.tenancy_id)) == 404
    assert status_for(Role.LANE_CHIEF, ("lane", other.lane_id)) == 404
    assert status_for(Role.WASTE_HAULER, ("hauler", "x")) == 404
    assert status_for(Role.AUDITOR) == 200
    client.cookies.clear()
    assert shown(client, data).status_code == 303


def test_only_some_roles_store_photos(client, world, shop):
    data = picture("navy")
    for role, status in ((Role.TOWNSHIP_DESK, 403), (Role.AUDITOR, 403), (Role.MERCHANT, 201)):
        place = ("tenancy", shop.tenancy_id)
        viewer = world.sign_in(client, world.viewer(role, place))
        assert put(client, viewer, data).status_code == status


def test_a_photo_not_stored_is_not_found(client, chief):
    assert client.get(f"/photos/{'0' * 64}").status_code == 404
    assert client.get("/photos/../../etc/passwd").status_code == 404
    assert client.get("/photos/x").status_code == 404
