from . import harvest_auth
