import Postgres

/// Guards inside the database: what no interleaving may do fails there, at the moment it is done, with a condition of
/// its own.
enum Watch {
    /// Class TG is nobody's (PostgreSQL, Appendix A).
    static let condition = "TG001"

    static func install(on pool: PostgresPool) async throws {
        for statement in [moves, movesTrigger, removals, removalsTrigger, starts, startsTrigger] {
            _ = try await pool.query(statement)
        }
    }

    /// Invariant 4: the edges of the status.
    private static let moves: SQL = """
        CREATE FUNCTION watch_moves() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.status, NEW.status) NOT IN (
                ('pending', 'finished'), ('pending', 'aborted'), ('pending', 'expired'), ('pending', 'rejected'),
                ('finished', 'deleted'), ('finished', 'rejected'))
            THEN
                RAISE EXCEPTION 'a status moved from % to %', OLD.status, NEW.status USING ERRCODE = 'TG001';
            END IF;
            RETURN NEW;
        END $$
        """
    private static let movesTrigger: SQL = """
        CREATE TRIGGER watch_moves BEFORE UPDATE ON uploads
        FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION watch_moves()
        """

    private static let removals: SQL = """
        CREATE FUNCTION watch_removals() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the row of an upload was removed' USING ERRCODE = 'TG001';
        END $$
        """
    private static let removalsTrigger: SQL = """
        CREATE TRIGGER watch_removals BEFORE DELETE ON uploads FOR EACH ROW EXECUTE FUNCTION watch_removals()
        """

    /// Invariant 3. STABLE: the quota is the one that the start itself saw (PostgreSQL, "Function Volatility
    /// Categories"), so that one that is lowered at the same time is no false alarm.
    private static let starts: SQL = """
        CREATE FUNCTION watch_starts() RETURNS trigger LANGUAGE plpgsql STABLE AS $$
        DECLARE
            quota tenants%ROWTYPE;
        BEGIN
            SELECT * INTO quota FROM tenants WHERE id = NEW.tenant_id;
            IF NEW.used_bytes + NEW.reserved_bytes > quota.storage_quota_bytes
                    AND NEW.reserved_bytes > OLD.reserved_bytes
                OR NEW.used_objects + NEW.reserved_objects > quota.object_quota
                OR NEW.pending_uploads > quota.max_pending_uploads
                OR NEW.month_upload_bytes + NEW.reserved_bytes > quota.monthly_upload_quota_bytes
                    AND NEW.reserved_bytes > OLD.reserved_bytes
            THEN
                RAISE EXCEPTION 'a start was admitted over a quota' USING ERRCODE = 'TG001';
            END IF;
            RETURN NEW;
        END $$
        """
    private static let startsTrigger: SQL = """
        CREATE TRIGGER watch_starts BEFORE UPDATE ON tenant_usage
        FOR EACH ROW WHEN (NEW.pending_uploads > OLD.pending_uploads) EXECUTE FUNCTION watch_starts()
        """
}
