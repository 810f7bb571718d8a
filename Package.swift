// swift-tools-version: 6.2
import PackageDescription

// One set of rules for every target of ours; dependencies keep their own.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "tollgate",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tollgate", targets: ["tollgate"])
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    ],
    targets: [
        // C libraries of the system, each seen only by the wrapper of the same name.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),

        .target(name: "OpenSSL", dependencies: ["CLibCrypto"], swiftSettings: strict),
        .target(name: "Argon2", dependencies: ["CArgon2"], swiftSettings: strict),
        .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: strict),
        .target(name: "PostgresCluster", swiftSettings: strict),
        // The SQL files of migrations/ are embedded in the binary.
        .target(
            name: "Migrations", path: "migrations",
            resources: [
                .embedInCode("0001_tenants_and_keys.sql"), .embedInCode("0002_uploads.sql"),
                .embedInCode("0003_identity_notifications.sql"),
                .embedInCode("0004_audit_entries.sql"), .embedInCode("0005_idempotency_keys.sql"),
                .embedInCode("0006_row_level_security.sql"),
                .embedInCode("0007_uploads_without_tenant_check.sql"),
            ],
            swiftSettings: strict),

        // Counting, and the page that Prometheus reads.
        .target(name: "Prometheus", swiftSettings: strict),

        .target(name: "TollgateCore", dependencies: ["OpenSSL"], swiftSettings: strict),
        .target(
            name: "ObjectStorage",
            dependencies: ["TollgateCore", "OpenSSL", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, logging],
            swiftSettings: strict),
        .target(
            name: "Ledger",
            dependencies: [
                "TollgateCore", "Postgres", "Migrations", "OpenSSL", "Prometheus",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "TollgateServer",
            dependencies: [
                "TollgateCore", "OpenSSL", "Argon2", "Postgres", "Ledger", "ObjectStorage",
                "Migrations", "Prometheus",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                asyncHTTPClient, logging, lifecycle, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "tollgate",
            dependencies: [
                "TollgateServer", "TollgateCore", "OpenSSL", "Postgres", "PostgresCluster", "Ledger", "Migrations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                logging, lifecycle,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "TestSupport", dependencies: ["PostgresCluster"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "OpenSSLTests", dependencies: ["OpenSSL", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PrometheusTests", dependencies: ["Prometheus"], swiftSettings: strict),
        .testTarget(name: "Argon2Tests", dependencies: ["Argon2"], swiftSettings: strict),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "PostgresCluster", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PostgresClusterTests", dependencies: ["PostgresCluster"], swiftSettings: strict),
        .testTarget(
            name: "TollgateCoreTests", dependencies: ["TollgateCore", "OpenSSL", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: [
                "ObjectStorage", "TollgateCore", "OpenSSL", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerTests", dependencies: ["Ledger", "Migrations", "Postgres", "TollgateCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TollgateServerTests",
            dependencies: [
                "TollgateServer", "TollgateCore", "ObjectStorage", "Ledger", "Postgres", "Argon2", "OpenSSL",
                "TestSupport",
                asyncHTTPClient,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                logging, lifecycle, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryTests",
            dependencies: [
                "TollgateServer", "TollgateCore", "ObjectStorage", "Ledger", "OpenSSL", "Postgres", "TestSupport",
                logging, nioCore, nioPosix,
            ],
            swiftSettings: strict),
    ]
)
