"""What people see in the Prefect UI, in Dutch.

artifacts/      what runs leave behind
today           the day over all flows          markdown, publishing   tables and text of its pages
campaign_form   the form of a campaign          mail_pictures   a mail as an image
refusals, stops    why a day is not run, and what stopped it half-way
fields          what a form cannot hold
"""
