"""Figures that the business steers by.

rates  k of n, with how little it may mean
"""
