from . import test_wall
