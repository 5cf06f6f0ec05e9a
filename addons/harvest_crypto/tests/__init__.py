from . import test_cli
from . import test_codec
from . import test_keyring
