{
    "name": "Harvest & Thrive",
    "summary": "Expanded-learning programs: rosters, families, staff training",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": [
        "harvest_auth",
        "harvest_courseware",
        "harvest_district",
        "harvest_portal",
        "harvest_privacy",
        "harvest_training",
        "harvest_website",
    ],
    "application": True,
}
