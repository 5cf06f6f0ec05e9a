{
    "name": "Harvest Wall in the Database",
    "summary": "PostgreSQL itself keeps the districts of one database apart",
    "version": "19.0.1.0.0",
    "category": "Education",
    "author": "Harvest",
    "website": "https://example.org/harvest",
    "license": "LGPL-3",
    "depends": ["harvest_base"],
    "uninstall_hook": "uninstall_hook",
}
