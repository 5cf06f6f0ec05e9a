"""Files: not too large, of a kind that is allowed, and what they say they are."""

import pytest

from odoo.addons.harvest_training import uploads

TYPES = {"pdf": ["application/pdf"], "jpg": ["image/jpeg"]}


def _check(name="plan.pdf", size=10, mimetype="application/pdf"):
    uploads.check(name, size, mimetype, max_bytes=100, types=TYPES)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"size": 0}, "empty"),
        ({"size": 101}, "size"),
        ({"name": "plan.exe"}, "type"),
        ({"name": "plan"}, "type"),
        ({"name": "plan.pdf.exe"}, "type"),
        ({"mimetype": "text/html"}, "content"),
        ({"name": "photo.jpg"}, "content"),
    ],
)
def test_what_is_not_allowed_is_refused(changes, reason):
    with pytest.raises(uploads.Refused) as refusal:
        _check(**changes)
    assert refusal.value.reason == reason


def test_what_is_allowed_passes():
    _check()
    _check(name=" Plan.PDF ", size=100)
    _check(name="photo.JPG", mimetype="image/jpeg")
