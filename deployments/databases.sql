-- Run once, when the PostgreSQL of compose.yaml is new: ours is made by its image, this is Prefect's.
CREATE DATABASE prefect;
