"""Servers that speak a vendor's documented protocol, faults included, on loopback.

``district`` makes the one invented district that all of them serve; ``server`` starts
them and scripts their faults. By hand: ``python -m harvest_district.tests.doubles``.
"""
