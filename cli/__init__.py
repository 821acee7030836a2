"""The commands of the operator and the marketer.

__main__    the commands; a command's module is loaded only when it is called   commands/   one file a command
guard       that our packages are ours, started before all else                    printing/   how answers look
options     what many commands share        mistakes   how a failed command ends
prefect_server   the user's own, where one is named
"""
