from . import test_district_website
from . import test_pages
