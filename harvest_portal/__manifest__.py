{
    "name": "Harvest Portal",
    "summary": "Families see their own children, in their language",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base", "harvest_privacy", "portal"],
    "data": [
        "data/ir_config_parameter_data.xml",
        "views/accessibility_templates.xml",
        "views/language_templates.xml",
        "views/child_templates.xml",
        "views/children_templates.xml",
        "views/home_templates.xml",
        "views/privacy_templates.xml",
        "views/consent_templates.xml",
        "views/notice_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "harvest_portal/static/src/scss/family.scss",
        ],
    },
}
