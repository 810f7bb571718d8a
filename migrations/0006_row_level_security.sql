-- A second wall between tenants. A transaction that reads for one tenant says so in the setting tollgate.tenant; the
-- server then shows it that tenant's rows alone, whatever its statements ask for. Without the setting all rows are seen:
-- a batch, a sweep or an audit is of many tenants.
--
-- It holds for the role that gateways serve under. Owners and superusers pass it (PostgreSQL, "Row Security Policies"),
-- so that dumps and migrations are whole.

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(pg_catalog.current_setting('tollgate.tenant', true), '')::pg_catalog.uuid $$;

-- Each table has a policy that lets all through and one that takes away again: restrictive ones only narrow. The
-- sub-select is evaluated once a statement, not once a row.

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON tenants USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON tenants AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR id = (SELECT current_tenant()));

ALTER TABLE tenant_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON tenant_usage USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON tenant_usage AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR tenant_id = (SELECT current_tenant()));

-- The operator's keys have no tenant, and are nobody's to read but the operator's.
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON api_keys USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON api_keys AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR tenant_id = (SELECT current_tenant()));

ALTER TABLE uploads ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON uploads USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON uploads AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR tenant_id = (SELECT current_tenant()));

ALTER TABLE usage_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON usage_entries USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON usage_entries AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR tenant_id = (SELECT current_tenant()));

ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON audit_entries USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON audit_entries AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR tenant_id = (SELECT current_tenant()));

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_row ON idempotency_keys USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON idempotency_keys AS RESTRICTIVE FOR SELECT
    USING ((SELECT current_tenant()) IS NULL OR tenant_id = (SELECT current_tenant()));
