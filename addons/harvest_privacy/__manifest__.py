{
    "name": "Harvest Privacy",
    "summary": "Consents, disclosures, records requests, retention, incidents",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base"],
    "data": [
        "security/ir.model.access.csv",
        "views/harvest_privacy_menus.xml",
    ],
}
