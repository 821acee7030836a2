"""What happened with a client, why, and what is to come.

explaining, timeline    why a client gets which mail, in Dutch      forecast        one recipient's days to come
simulated_runs  the runs of many days for one recipient  mail_calendar  a forecast counted by day and touchpoint
differences             what another programme would change         form_fields     the forms of calendar and what-if
calendar_months         the calendar as months, its busy and quiet days
charts, drawing         small pictures as SVG, and their pieces      set_aside       what the import set aside
outlook     two programmes over the same days                          health_ahead    health that changes by itself
stored_agenda   an agenda as text, and back                            referral_chart  the sign-ups of each month
"""
