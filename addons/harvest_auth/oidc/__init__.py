"""OpenID Connect Core 1.0, relying party: authorization code with PKCE, nothing else.

Plain Python on joserfc and requests. ``metadata`` reads what a provider says of itself;
``flow`` sends a browser there and looks at what it brings back; ``keys`` and
``id_token`` decide who that is; ``logout`` reads the provider's word that a session is
over.
"""
