{
    "name": "Harvest Website",
    "summary": "Odoo's website, as families and learners need it",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base", "website"],
    "data": [
        "data/website_data.xml",
        "views/layout_templates.xml",
        "views/home_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "harvest_website/static/src/scss/website.scss",
        ],
    },
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
