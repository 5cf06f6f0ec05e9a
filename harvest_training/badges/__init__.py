"""Open Badges 3.0: credentials that anybody can verify, also without a network.

Plain Python without Odoo. ``credential`` says what was achieved, ``keys`` and
``signing`` make and check the signature, ``status`` tells what was revoked, ``baking``
puts the signed credential into a picture and takes it out again.

Source: Open Badges Specification 3.0, 1EdTech, final release of 27 May 2024 (§ numbers
in the modules are its); W3C Verifiable Credentials Data Model 2.0.
"""
