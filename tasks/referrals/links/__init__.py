"""What a shared link brings.

referrers  whose link it is        visits  who opened it, for a day        sign_up  who signed up
leads      whom to call            forgetting  what is not kept
"""
