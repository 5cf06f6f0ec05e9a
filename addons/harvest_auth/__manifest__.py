{
    "name": "Harvest Identity",
    "summary": "Sign in with the district's account; roles and sites by claims",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["auth_passkey", "auth_signup", "auth_totp", "harvest_base"],
    "external_dependencies": {"python": ["joserfc", "python-ldap", "python3-saml"]},
    "data": [
        "security/ir.model.access.csv",
        "security/harvest_auth_security.xml",
        "views/gr_identity_views.xml",
        "views/login_templates.xml",
        "views/harvest_auth_menus.xml",
    ],
}
