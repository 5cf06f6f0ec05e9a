"""The token bucket: never more than its capacity and what flowed in since."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_auth.policy.bucket import (
    Bucket,
    Quota,
    headers,
    seconds_until,
    take,
)

QUOTA = Quota(capacity=600, window=60)  # ten a second


def test_a_new_bucket_is_full_and_can_be_emptied():
    bucket, taken = take(None, QUOTA, 1000, 100.0)
    assert (taken, bucket) == (600, Bucket(0.0, 100.0))
    assert seconds_until(bucket, QUOTA) == 1
    assert seconds_until(bucket, QUOTA, 100) == 10
    bucket, taken = take(bucket, QUOTA, 1000, 101.0)
    assert taken == 10


def test_a_clock_put_back_fills_nothing():
    bucket, _taken = take(None, QUOTA, 600, 100.0)
    assert take(bucket, QUOTA, 1, 50.0) == (bucket, 0)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw of a run
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(-5, 90)), max_size=15))
def test_never_more_than_flowed_in(steps):
    now = latest = 1000.0
    bucket, total = take(None, QUOTA, 0, now)
    for want, pause in steps:
        now += pause
        latest = max(latest, now)
        bucket, taken = take(bucket, QUOTA, want, now)
        assert 0 <= taken <= want
        total += taken
    assert total <= QUOTA.capacity + (latest - 1000.0) * 10


def test_what_a_client_reads():
    fields = headers(QUOTA, 41.7, 56)
    assert fields["RateLimit-Limit"] == "600"
    assert fields["RateLimit-Remaining"] == "41"
    assert fields["RateLimit-Reset"] == "56"
    assert fields["RateLimit"] == '"district";r=41;t=56'
    assert fields["RateLimit-Policy"] == '"district";q=600;w=60'
