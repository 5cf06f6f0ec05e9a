{
    "name": "Harvest District",
    "summary": "District hub: rosters from the student information system",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base", "queue_job"],
}
