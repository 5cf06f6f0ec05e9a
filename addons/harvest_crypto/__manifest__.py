{
    "name": "Harvest Encryption",
    "summary": "Values and files sealed by keys that the database does not hold",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["base"],
    "external_dependencies": {"python": ["cryptography"]},
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "views/gr_seal_key_views.xml",
    ],
}
