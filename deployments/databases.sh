#!/bin/sh
# Run once, when the PostgreSQL of compose.yaml is new: ours is made by its image; this makes Prefect's, and the role
# of the web part, which may read and write the rows of our tables and do nothing else.
set -eu
psql -v ON_ERROR_STOP=1 -v web_password="$WEB_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE DATABASE prefect;
REVOKE CONNECT ON DATABASE prefect FROM PUBLIC;
CREATE ROLE bouwclub_web LOGIN PASSWORD :'web_password';
GRANT USAGE ON SCHEMA public TO bouwclub_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bouwclub_web;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO bouwclub_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bouwclub_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO bouwclub_web;
SQL
