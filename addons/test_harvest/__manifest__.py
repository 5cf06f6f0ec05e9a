{
    "name": "Harvest Tests",
    "summary": "What only the tests need: never installed for users",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Harvest",
    "license": "LGPL-3",
    "depends": ["mail", "queue_job"],
    "assets": {
        # Debian's Odoo ships without this library; a page of tests fails on its link.
        "web.assets_unit_tests_setup": [
            (
                "remove",
                "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            ),
        ],
    },
}
