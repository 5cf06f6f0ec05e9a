from . import test_children_page
from . import test_isolation
from . import test_language
from . import test_privacy_pages
from . import test_public_pages
