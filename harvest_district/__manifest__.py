{
    "name": "Harvest District",
    "summary": "District hub: rosters from the student information system",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base", "queue_job"],
    "data": [
        "security/ir.model.access.csv",
        "security/gr_sync_security.xml",
        "data/gr_sync_cron.xml",
        "views/gr_sync_connection_views.xml",
        "views/gr_sync_views.xml",
        "views/harvest_district_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["harvest_district/static/src/**/*"],
        "web.assets_unit_tests": ["harvest_district/static/tests/**/*"],
    },
}
