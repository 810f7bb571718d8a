import Foundation
import Ledger
import NIOCore
import TestSupport
import TollgateCore

@testable import TollgateServer

/// How a call is cut off, if it is.
enum Disturbance: Sendable, CustomStringConvertible {
    case none
    /// The gateway dies when it has called the store, or got its answer, this many times more.
    case crash(edges: Int)
    /// The client goes away after so many turns of the scheduler.
    case cancel(yields: Int)

    var description: String {
        switch self {
        case .none: ""
        case .crash(let edges): " crash \(edges)"
        case .cancel(let yields): " cancel \(yields)"
        }
    }

    var isNone: Bool { if case .none = self { true } else { false } }

    static func random(_ share: Double, by random: inout SeededGenerator) -> Disturbance {
        guard random.chance(share) else { return .none }
        return random.chance(0.6) ? .crash(edges: random.number(0...5)) : .cancel(yields: random.number(0...30))
    }
}

/// What came of a call.
enum CallOutcome<Value: Sendable>: Sendable {
    case value(Value)
    case refused(ModelAnswer)
    /// It was cut off: nobody was told anything.
    case cutOff

    var answer: ModelAnswer? {
        switch self {
        case .value: .done
        case .refused(let answer): answer
        case .cutOff: nil
        }
    }
}

/// Makes a call, and cuts it off where that is asked for.
/// - Throws: whatever no caller may ever be told.
func performCall<Value: Sendable>(
    _ disturbance: Disturbance, at gateway: HistoryGateway, _ call: @escaping @Sendable () async throws -> Value
) async throws -> CallOutcome<Value> {
    do {
        switch disturbance {
        case .none: return .value(try await call())
        case .crash(let edges):
            gateway.storage.crash(afterEdges: edges)
            return .value(try await call())
        case .cancel(let yields):
            let task = Task { try await call() }
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
            return .value(try await task.value)
        }
    } catch is Crash {
        return .cutOff
    } catch is CancellationError {
        return .cutOff
    } catch let error as QuotaExceeded {
        return .refused(.refused(error.name))
    } catch UploadError.rejected {
        return .refused(.rejected)
    } catch UploadError.invalidState(let status) {
        return .refused(.invalidState(status))
    } catch UploadError.objectMissing {
        return .refused(.objectMissing)
    }
}

/// A start that a history makes.
struct HistoryStart: Sendable {
    let request: UploadRequest
    let isDeclared: Bool
    /// The bytes whose checksum is declared.
    let declared: [UInt8]?
    let range: ClosedRange<Int64>
    let lifetimeSeconds: Int

    init(_ limits: TenantLimits, by random: inout SeededGenerator) throws {
        let size = random.number(Content.sizes)
        isDeclared = random.chance(0.7)
        // A checksum without a size does not tell the size to anybody.
        declared = random.chance(0.35) ? Content.make(size, by: &random) : nil
        range =
            isDeclared
            ? Int64(size)...Int64(size)
            : limits.minimumFileBytes...(limits.maximumFileBytes ?? limits.minimumFileBytes)
        lifetimeSeconds = isDeclared ? limits.urlExpirySeconds : limits.undeclaredURLExpirySeconds
        request = try UploadRequest(
            UploadDraft(
                fileName: "a.png", fileSize: isDeclared ? Int64(size) : nil,
                checksumSHA256: try declared.map { try Content.checksum($0).base64 }))
    }
}

extension Content {
    static func checksum(_ bytes: [UInt8]) throws -> ChecksumSHA256 {
        var digest = try SHA256Accumulator()
        digest.add(.init(bytes: bytes))
        return digest.checksum()
    }
}

extension TenantLimits {
    /// Small files, and quotas that a few of them fill.
    static func random(by random: inout SeededGenerator) throws -> TenantLimits {
        var draft = TenantLimitsDraft()
        draft.minimumFileBytes = Int64(Content.sizes.lowerBound)
        draft.maximumFileBytes = Int64(Content.sizes.upperBound)
        draft.storageQuotaBytes = random.chance(0.7) ? Int64(random.number(30...200)) : nil
        draft.objectQuota = random.chance(0.3) ? Int64(random.number(1...6)) : nil
        draft.maximumPendingUploads = random.chance(0.3) ? Int64(random.number(1...4)) : 1_000
        draft.monthlyUploadQuotaBytes = random.chance(0.3) ? Int64(random.number(60...300)) : nil
        draft.unfinished = random.chance(0.3) ? "finish" : "delete"
        return try TenantLimits(draft)
    }
}
