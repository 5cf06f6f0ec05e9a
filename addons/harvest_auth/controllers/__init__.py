from . import harvest_auth
from . import oidc
