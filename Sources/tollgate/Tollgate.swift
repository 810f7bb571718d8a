import ArgumentParser

/// The program: every command, nothing else.
@main
struct Tollgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate",
        abstract: "Multi-tenant upload gateway with quotas.",
        discussion: """
            Settings come from flags, the environment (TOLLGATE_...), config/tollgate.yaml and defaults, in this \
            order: tollgate check-config shows what holds. Begin with: tollgate dev
            """,
        version: "0.1.0",
        subcommands: [
            Dev.self, Serve.self, Migrate.self, TenantCommand.self, KeyCommand.self, OperatorKeyCommand.self,
            AuditCommand.self, CheckConfig.self, Doctor.self,
        ]
    )
}
