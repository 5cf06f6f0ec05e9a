from . import harvest_webhook
