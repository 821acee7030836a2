"""What is to come, as a calendar.

mail_calendar   a forecast counted by day and touchpoint        calendar_months     as months, busy and quiet days
stored_agenda   an agenda as text, and back                     form_fields         the forms of calendar and what-if
"""
