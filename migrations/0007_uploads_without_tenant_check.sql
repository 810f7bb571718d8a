-- Each upload of a batch had its tenant looked up and locked again, a fifth of what PostgreSQL does for a start. It could
-- not fail: uploads are inserted for tenants whose counters the same statement has raised, those counters refer to their
-- tenant (tenant_usage_tenant), and neither row may be deleted by the role that gateways serve under.

ALTER TABLE uploads DROP CONSTRAINT uploads_tenant;
