"""What can be wrong with a mail before it goes: one verdict, with places.

findings    what is found, in words            wording_faults   leftovers, HTML, greetings, promises, end dates
looks       size, links, both parts            contrasts        words that stand out, in light and in dark mode
moments     events that deferred people would hear of too late
sender_domain   SPF, DKIM and DMARC
"""
