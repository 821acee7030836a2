"""The go for a campaign: asked and answered on the desk, and kept to by the run.

keeping     the questions and their answers, as rows        parts       what exactly is approved, with its digest
leave       whether a campaign may leave now                asking      puts the question, and mails who may answer
starting    starts the run over Prefect's API, or stops it  deferred    campaigns whose deferred people are due again
"""
