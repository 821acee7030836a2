"""What can be wrong with a mail before it goes: one verdict, with places.

findings    what is found, in words            wording_faults   leftovers, greetings, promises, end dates
looks       contrast, size, links, both parts  moments          events that deferred people would hear of too late
"""
