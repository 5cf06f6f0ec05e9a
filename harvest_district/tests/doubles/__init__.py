"""Servers that speak a vendor's documented protocol, faults included, on loopback.

They import nothing of the product: what they say comes from the vendors' documents
alone, not from the code that they are to judge.

``district`` makes the one invented district that all of them serve; ``server`` starts
them and scripts their faults. By hand: ``by_hand``.
"""
