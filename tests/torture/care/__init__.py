"""Random histories of care: whatever happens in whatever order, its laws hold after every tick.

world      a base of small groups of clients, each a history of its own      acts   what can happen to them
laws       what must hold after every tick                                    long   the long torture
"""
