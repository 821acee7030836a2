"""How commands print: JSON alone on standard output, tables and sentences for people.

console      JSON alone on standard output, tables, progress      day_progress   a line that moves during a day
run_report   what runs did                    explanation    one client, the day in front, the reason behind
care         lines of care, and cases         script         what to say, for who is about to call
settlement   a batch of payouts, and the bank's answer
"""
