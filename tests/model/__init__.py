"""The delivery as a model (delivery.pml), which spin checks in every order that two workers and the world can have.

`python -m tests.model` checks it, and that each fault seeded into it is found; `make torture` runs that. The model
stands for the algorithm: a change to it comes here first. The torture kills real processes to see that the code is it.
"""
