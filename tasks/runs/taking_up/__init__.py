"""Messages that earlier runs left planned.

left_over      taken up or ended                    judging_again  judged by the facts of the day
"""
