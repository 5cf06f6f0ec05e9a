from . import test_gr_staff_gate
