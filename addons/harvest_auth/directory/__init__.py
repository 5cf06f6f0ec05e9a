"""LDAP directories and Active Directory; plain Python on python-ldap.

``settings`` says what a directory is like, ``connection`` opens it by verified TLS or
not at all, ``search`` asks about accounts and groups, ``verdict`` decides whether
accounts that are gone may be believed to be gone.
"""
