from . import test_third_parties
