from . import export
from . import harvest_auth
from . import json2
from . import oidc
from . import portal_sessions
from . import saml
from . import second_factor
