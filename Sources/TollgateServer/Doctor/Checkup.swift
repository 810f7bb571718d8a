import AsyncHTTPClient
import Foundation
import Ledger
import Logging
import NIOPosix
import ObjectStorage
import OpenSSL
import Postgres
import TollgateCore

/// The checks of `tollgate doctor`, in order. What they store they remove.
package struct Checkup: Sendable {
    let serving: ServingSettings
    let browser: Browser
    let now: @Sendable () -> Date

    var settings: Settings { serving.settings }

    /// Looks at everything once.
    /// - Parameter serving: what a gateway would serve on.
    /// - Returns: a finding a check, also where one fails.
    /// - Throws: what keeps the checks from beginning: no random bytes, a database URL that nobody can read.
    package static func run(_ serving: ServingSettings) async throws -> [Finding] {
        let pool = try PostgresPool(configuration: serving.settings.postgresConfiguration(maximumConnections: 1))
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: serving.settings.storage.s3.timeouts.clientConfiguration)
        // The findings say it all.
        let logger = Logger(label: "tollgate.doctor") { _ in SwiftLogNoOpLogHandler() }
        let credentials = serving.storeCredentials(logger: logger)
        let checkup = Checkup(
            serving: serving,
            browser: Browser(client: client, timeout: serving.settings.storage.s3.requestTimeout), now: { Date() })
        var findings = await checkup.database(pool)
        let gateway = await checkup.publicURL()
        do {
            let store = try await StoreComposition(
                serving.store, publicURL: checkup.publicAddress,
                slowestUpload: serving.settings.uploads.holding.slowestUpload, threads: threads, httpClient: client,
                credentials: credentials, logger: logger, at: checkup.now())
            let folder = try ProbeFolder(serving.settings.storage)
            findings += await checkup.store(store, folder, gateway: gateway)
            await folder.empty(store.storage)
        } catch {
            findings.append(.failed("store", String(describing: error), advice: checkup.storeAdvice))
        }
        findings.append(gateway)
        await pool.shutdown()
        let endings: [@Sendable () async throws -> Void] = [
            { try await credentials?.shutdown() }, { try await client.shutdown() },
            { try await threads.shutdownGracefully() },
        ]
        for end in endings {
            do { try await end() } catch {
                findings.append(.failed("end", String(describing: error), advice: "run the checks again"))
            }
        }
        return findings
    }

    /// What to do where there is no working store at all.
    var storeAdvice: String {
        switch serving.store {
        case .local: "let this user write to TOLLGATE_STORAGE_LOCAL_DIRECTORY"
        case .s3: "give TOLLGATE_STORAGE_S3_ACCESS_KEY_ID and its secret, or see that the AWS chain finds credentials"
        }
    }

    private func store(_ store: StoreComposition, _ folder: ProbeFolder, gateway: Finding) async -> [Finding] {
        var findings = [await clock(store)]
        findings += await objects(store.storage, folder)
        guard let address = await publicEndpoint(store, gateway: gateway, into: &findings) else { return findings }
        findings += await uploads(store.storage, folder)
        findings += await crossOrigin(store.storage.uploadMethod, address)
        return findings
    }

    private func database(_ pool: PostgresPool) async -> [Finding] {
        do {
            try await Ledger(pool: pool).ping()
        } catch {
            return [
                .failed(
                    "database", String(describing: error),
                    advice: "see that PostgreSQL runs and that TOLLGATE_DATABASE_URL is right"),
                .skipped("schema", "the database does not answer"),
            ]
        }
        let answered = Finding.ok("database", "\(serving.databaseURL) answers")
        do {
            try await Migrator(pool: pool).requireCurrentSchema()
            return [answered, .ok("schema", "is this program's")]
        } catch let error as MigrationError {
            return [answered, .failed("schema", error.description, advice: "serve refuses it as it is")]
        } catch {
            return [
                answered,
                .failed("schema", String(describing: error), advice: "let this user read the table schema_migrations"),
            ]
        }
    }
}

/// Where the probes lie: `<key prefix>.tollgate-doctor/`, each under a name that nobody else has.
struct ProbeFolder: Sendable {
    let object: ObjectKey
    let trials: [UploadTrial: ObjectKey]
    /// Where an upload goes whose key was changed.
    let other: ObjectKey

    init(_ storage: Settings.Storage) throws {
        let prefix = try storage.objectKeyPrefix().rawValue + ".tollgate-doctor/"
        func key() throws -> ObjectKey {
            guard let key = ObjectKey(prefix + Hex.encode(try RandomBytes.generate(16))) else {
                throw InvalidKeyPrefix()
            }
            return key
        }
        object = try key()
        other = try key()
        var trials: [UploadTrial: ObjectKey] = [:]
        for trial in UploadTrial.allCases { trials[trial] = try key() }
        self.trials = trials
    }

    /// Removes what is there of it. A store that does not let go was found by the check that deletes.
    func empty(_ storage: any ObjectStorage) async {
        for key in [object, other] + trials.values {
            do { try await storage.delete([key]) } catch { continue }
        }
    }
}
