from . import harvest_auth
from . import json2
from . import oidc
from . import saml
