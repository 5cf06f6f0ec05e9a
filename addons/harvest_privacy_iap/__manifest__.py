{
    "name": "Harvest Privacy: No Lookups Elsewhere",
    "summary": "Names that people type are not looked up at third parties",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_privacy", "partner_autocomplete"],
    "data": ["data/third_parties.xml"],
    "auto_install": True,
}
