"""What stands in the files of the made-up export.

people    names, streets and towns                      crowd    clients without anything special
sends     somebody for each touchpoint                  reasons  somebody for each reason
awkward   what real data have and demonstrations forget
anchors   for which day a fact must be dated            sheets   the eight files as they are filled
"""
