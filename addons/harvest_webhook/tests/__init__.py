from . import test_gr_webhook_delivery
from . import test_gr_webhook_endpoint
from . import test_gr_webhook_event
from . import test_gr_webhook_http
from . import test_webhook_race
