"""What the desk reads and writes itself; what its buttons do to clients, cases and mails lives in those rooms.

sessions   login links and who is logged in        login_mail   the mail that carries a link
search     clients by name, address, number        doubtful     messages in doubt, sent again or left to rest
work       what stands beside tasks and cases      case_history   everything that happened around a case
acts       who did what, of a day                   waiting_runs   campaigns that wait for a go in Prefect
message    one of the log, to be rendered           call_consent   what is known of it
"""
