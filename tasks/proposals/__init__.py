"""Proposals of marketers to change the programme: files of the workspace, from the desk to the engineer.

base     the programme and the templates that a proposal starts from, and what is wrong with a changed one
store    the files, listed, written and withdrawn           editing   values of a TOML text changed, comments kept
using    a proposal put into use: checked, written at once, and how to undo it
"""
