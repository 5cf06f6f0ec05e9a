"""OneRoster objects of all sorts, and things that are none."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import (
    RosterError,
    kinds,
)
from odoo.addons.harvest_district.sis.oneroster_json import Flattener

from ..doubles import server as s
from .rosters import hashes, payload, snapshot
from .systems import TABLES, System


def test_what_11_and_12_mix_is_understood():
    flat = Flattener(("userIds", "identifier", "metadata.state"), ("StudentStateNo",))
    row = flat.row(
        "users",
        {
            "sourcedId": 17,
            "enabledUser": 1,
            "role": "student",
            "orgs": [{"sourcedId": "a"}, {"sourcedId": "b"}],
            "identifier": "0042",
            "metadata": {"state": "9100000000"},
            "userIds": [
                {"type": "studentstateno", "identifier": 5},
                {"type": "x:{y}", "identifier": "{z}"},
                "junk",
            ],
            "agents": None,
            "grades": "03",
            "userMasterIdentifier": "123",
            "userProfiles": [{"credentials": [{"password": "p"}]}],
            "password": "p",
        },
    )
    assert row["sourcedId"] == 17
    assert row["orgSourcedIds"] == ["a", "b"]
    assert row["userIds"] == "{SSID:0042},{SSID:9100000000},{SSID:5},{xy:z}"
    assert "userMasterIdentifier" not in row  # this vendor's is no state id
    assert not {"password", "userProfiles", "credentials"} & row.keys()
    assert row["grades"] == "03"


def test_where_the_state_id_stands_is_a_profiles_matter():
    with System(state_id="metadata.stateStudentId") as system:
        system.extra["state_id"] = ["metadata.stateStudentId"]
        shot = system.shot()
        assert payload(shot, kinds.STUDENT, "5000000")["ssid"] == "9100000000"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("sourcedId", "status", "roles", "role", "org", "orgs"),
                    *("userIds", "type", "agents", "identifier", "givenName"),
                    *("familyName", "grades"),
                )
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(st.lists(_JSON, max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_object_breaks_the_reading(junk):
    """Whatever comes is used, set aside or refused, with a problem that says so."""
    with System(extra={"page_size": 500}) as system:
        more = s.edited(lambda page: {"users": [*page["users"], *junk]})
        system.faults.add("/users.*offset=0", more, times=2)
        try:
            shot = system.shot()
        except RosterError as error:
            assert error.code == "excel_id"
        else:
            assert (
                hashes(shot).items()
                >= {
                    k: v
                    for k, v in hashes(snapshot(TABLES)).items()
                    if k[0] in (kinds.ORG, kinds.SESSION)
                }.items()
            )
