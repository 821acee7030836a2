"""How the programme runs on a Prefect server.

deploy       the clock on one page; `make deploy` registers it
server       finding the server, and saying clearly when there is none
prefect_server   Prefect's own server, patient with a busy SQLite, its UI kept from calling others
automations  what happens when a run dies, fails or starts late
worker       a worker with the settings of the folder it is started in
serve        server, worker and web part on one machine, for trying out: `make serve`
lost_runs    runs whose worker is gone, marked as crashed
"""
