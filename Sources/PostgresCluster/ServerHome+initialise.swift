import Foundation

extension ServerHome {
    /// The major version that made the data; nil when there are none yet.
    func dataVersion() throws -> Int? {
        guard let text = try readText(data + "/PG_VERSION") else { return nil }
        guard let version = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw systemFailure("understand", data + "/PG_VERSION", code: EINVAL)
        }
        return version
    }

    /// Makes the data directory and the password; what a killed earlier attempt left is thrown away.
    ///
    /// The data get their name only when they are complete.
    func initialise(with installation: PostgresInstallation, durability: ClusterOptions.Durability) throws {
        let script = """
            set -e
            cd /
            umask 077
            initdb=$1 home=$2
            shift 2
            rm -rf "$home/data.new"
            rm -f "$home/password"
            cat >"$home/password"
            "$initdb" -D "$home/data.new" --pwfile="$home/password" "$@"
            mv "$home/data.new" "$home/data"
            """
        var arguments = [
            "--username=\(Self.role)", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
            "--data-checksums", "--no-instructions",
        ]
        if durability == .throwaway { arguments.append("--no-sync") }
        let outcome = try Tool.run(
            account.prefix + ["/bin/sh", "-c", script, "sh", installation.initdb, path] + arguments,
            input: Self.newPassword(), limit: .seconds(180))
        guard outcome.status == 0 else {
            throw PostgresClusterError.initialisationFailed(output: outcome.tail)
        }
    }

    /// The role's password, as ``initialise(with:durability:)`` made it.
    func password() throws -> String {
        guard let text = try readText(passwordFile) else { throw systemFailure("read", passwordFile, code: ENOENT) }
        return text
    }

    // 192 bits of the system's generator, in digits that need no quoting anywhere.
    private static func newPassword() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<3).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
