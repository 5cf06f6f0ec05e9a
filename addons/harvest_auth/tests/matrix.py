"""One record of each model for a place, for the access matrix."""

from itertools import count

from odoo.addons.harvest_base.tests.matrix import factory

_numbers = count()


@factory("gr.saml.provider")
def _saml_provider(env, place):
    return env["gr.saml.provider"].create(
        {"name": "District sign-in", "company_id": place.district.id}
    )


@factory("gr.oidc.provider")
def _oidc_provider(env, place):
    return env["gr.oidc.provider"].create(
        {
            "name": "District sign-in",
            "company_id": place.district.id,
            "issuer": "https://op.example.org",
            "client_id": "harvest",
        }
    )


@factory("gr.directory")
def _directory(env, place):
    return env["gr.directory"].create(
        {
            "name": "District directory",
            "company_id": place.district.id,
            "servers": "dc1.example.org",
            "bind_dn": "CN=reader,DC=example,DC=org",
            "base": "DC=example,DC=org",
            "user_filter": "(uid={login})",
            "all_filter": "(objectClass=person)",
            "subject_attribute": "entryUUID",
        }
    )


@factory("gr.identity.mapping")
def _mapping(env, place):
    return env["gr.identity.mapping"].create(
        {
            "saml_provider_id": _saml_provider(env, place).id,
            "claim": "groups",
            "value": "aides",
            "role_id": env.ref("harvest_base.group_harvest_direct_service").id,
            "site_ids": place.site.ids,
        }
    )


@factory("gr.identity")
def _identity(env, place):
    user = env["res.users"].create(
        {
            "name": "Linked",
            "login": f"linked-{next(_numbers)}",
            "company_id": place.district.id,
            "company_ids": place.district.ids,
        }
    )
    return env["gr.identity"].create(
        {
            "saml_provider_id": _saml_provider(env, place).id,
            "company_id": place.district.id,
            "subject": f"key-{next(_numbers)}",
            "user_id": user.id,
        }
    )


@factory("gr.identity.request")
def _request(env, place):
    return env["gr.identity.request"]._open(_saml_provider(env, place), "browser")


@factory("gr.identity.replay")
def _replay(env, _place):
    return env["gr.identity.replay"].create(
        {"key": f"k{next(_numbers)}", "expires": "2099-01-01"}
    )


@factory("gr.identity.session")
def _session(env, place):
    Session = env["gr.identity.session"]
    return Session._find(Session._begin(_identity(env, place)))


@factory("gr.identity.policy")
def _policy(env, _place):
    group = env["res.groups"].create({"name": f"Group {next(_numbers)}"})
    return env["gr.identity.policy"].create(
        {"name": "Test", "group_id": group.id, "authority": "Test"}
    )


@factory("gr.lockout")
def _lockout(env, place):
    user = _identity(env, place).user_id
    return env["gr.lockout"].create(
        {"kind": "account", "key": f"k{next(_numbers)}", "user_id": user.id}
    )


@factory("gr.session")
def _own_session(env, place):
    user = _identity(env, place).user_id
    return env["gr.session"].create(
        {
            "identifier": f"k{next(_numbers)}",
            "user_id": user.id,
            "started": "2026-11-02 15:00:00",
            "last_seen": "2026-11-02 15:00:00",
        }
    )


@factory("gr.api.key")
def _api_key(env, place):
    user = _identity(env, place).user_id
    return env["gr.api.key"].create(
        {
            "name": "Reporting",
            "apikey_ref": -next(_numbers) - 1,
            "user_id": user.id,
            "company_id": place.district.id,
        }
    )


@factory("gr.api.bucket")
def _bucket(env, _place):
    return env["gr.api.bucket"].create({"key": f"k{next(_numbers)}"})


@factory("gr.recovery.code")
def _recovery_code(env, place):
    user = _identity(env, place).user_id
    return env["gr.recovery.code"].create({"user_id": user.id, "code_hash": "x"})
