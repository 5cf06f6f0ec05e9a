from . import gr_webhook_type
from . import gr_webhook_secret
from . import gr_webhook_secret_mixin
from . import gr_webhook_retry_mixin
from . import gr_webhook_endpoint
from . import gr_webhook_delivery
from . import gr_webhook_source
from . import gr_webhook_event
