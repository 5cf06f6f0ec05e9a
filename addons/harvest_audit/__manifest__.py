{
    "name": "Harvest Audit",
    "summary": "Who read or changed a student's record: an event log nobody can edit",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base", "harvest_crypto"],
    "external_dependencies": {"python": ["cryptography"]},
    "data": [
        "security/ir.model.access.csv",
        "security/gr_audit_security.xml",
    ],
    "pre_init_hook": "pre_init_hook",
}
