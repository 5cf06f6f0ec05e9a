from . import test_keyring
