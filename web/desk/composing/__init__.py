"""What stands beside a campaign that is being written: worked out from the form as it is typed, saved or not.

look      all of it, for one form        background   what takes long: one at a time, and only the newest
verdict   what must and what might be mended          previews   mails to look at, in frames
"""
