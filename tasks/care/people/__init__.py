"""The work of people that no step of a case asks for: prompt tasks, the daily look with its digest, scripts, lists."""
