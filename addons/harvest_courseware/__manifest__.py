{
    "name": "Harvest Courseware",
    "summary": "SCORM 1.2, cmi5 and xAPI packages as contents of a course",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base", "website_slides"],
    "external_dependencies": {"python": ["isodate", "jsonschema", "lxml"]},
    "data": [
        "security/ir.model.access.csv",
        "security/harvest_courseware_security.xml",
        "data/ir_config_parameter_data.xml",
        "views/gr_courseware_package_views.xml",
        "views/gr_courseware_registration_views.xml",
        "views/gr_xapi_statement_views.xml",
        "views/slide_slide_views.xml",
        "views/courseware_templates.xml",
        "views/harvest_courseware_menus.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "harvest_courseware/static/src/**/*",
        ],
    },
}
