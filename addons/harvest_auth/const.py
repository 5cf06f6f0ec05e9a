"""Names, times and sizes that several parts of the addon share."""

# Which models are identity providers, and by which field an identity, a mapping and a
# session point to one. A new kind adds its line here and the field to those models.
PROVIDERS = {
    "gr.saml.provider": "saml_provider_id",
    "gr.oidc.provider": "oidc_provider_id",
    "gr.directory": "directory_id",
}

SIGN_IN_MINUTES = 10  # a sign-in that takes longer begins anew
SUBJECT_MAX = 255  # characters; SAML core 8.3.7 allows 256, OpenID Core 2 255
COOKIE = "gr_sign_in"  # binds a sign-in to the browser that began it
SESSION_KEY = "gr_identity_session"  # in Odoo's session: which sign-in it came from
REFUSED_PATH = "/web/login?gr_sign_in=refused"
DEFAULT_TARGET = "/odoo"

# Hosts inside that may be asked, and by plain http: name or name:port, with commas
# between; a system parameter.
TRUSTED_HOSTS_PARAM = "harvest_auth.trusted_hosts"
METADATA_MAX_BYTES = 256 * 1024
METADATA_TIMEOUT = (10, 20)  # seconds to connect, and between two bytes
CERTIFICATE_WARN_DAYS = 30  # before their signing key ends, administrators are told

# How sure we are of what is known of a product.
CERTAINTY = [
    ("documented", "Read in the maker's documentation"),
    ("agreed", "Agreed with whoever administers the other side"),
    ("reported", "Reported by others, not confirmed by the maker"),
]
