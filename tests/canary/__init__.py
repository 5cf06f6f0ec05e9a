"""The canary sweep: plant marks in every record, ask for everything, look for marks.

``world`` makes two districts, two sites and families, and plants a mark in every text
of every record; ``verbs`` is what a client can call; ``sweep`` calls it; ``verdict``
says whose a mark is and which exposures were reviewed.
"""
