import Foundation
import ObjectStorage
import TollgateCore

extension Checkup {
    /// An upload as it was signed, which must pass, and four with a change, which must not.
    func uploads(_ storage: any ObjectStorage, _ folder: ProbeFolder) async -> [Finding] {
        var findings: [Finding] = []
        // A store that refuses everything shows nothing by what it refuses.
        var isTaken = true
        for trial in UploadTrial.allCases {
            let name = trial.name(storage.uploadMethod)
            guard isTaken else {
                findings.append(.skipped(name, "an upload before it did not come through"))
                continue
            }
            do {
                let outcome = try await outcome(trial, storage, folder)
                findings.append(trial.finding(outcome, storage.uploadMethod))
                if trial == .asSigned { isTaken = outcome.isTaken }
            } catch let error as NoAnswer {
                isTaken = false
                findings.append(
                    .failed(
                        name, "no answer from the store's public address: \(error)",
                        advice: "let browsers and this machine reach it"))
            } catch {
                isTaken = false
                let trouble = trouble(error, permission: "s3:GetObject and s3:ListBucket")
                findings.append(.failed(name, trouble.seen, advice: trouble.advice))
            }
        }
        return findings
    }

    private func outcome(
        _ trial: UploadTrial, _ storage: any ObjectStorage, _ folder: ProbeFolder
    ) async throws -> UploadTrial.Outcome {
        guard let key = folder.trials[trial] else { throw InvalidKeyPrefix() }
        let now = now()
        let signedAt = trial == .expired ? now - 1_800 : now
        let permission = UploadPermission(
            key: key, contentType: UploadTrial.signedType, length: UploadTrial.bytes...UploadTrial.bytes,
            expiresAt: signedAt + 900)
        let upload = try await storage.presignedUpload(for: permission, at: signedAt)
        let answer = try await browser.send(trial.request(upload, key: key, other: folder.other))
        // What the store says of its refusal counts, not that a look behind it is refused as well.
        if trial == .asSigned, !answer.isSuccess {
            return UploadTrial.Outcome(status: answer.status, code: answer.code, isStored: false)
        }
        let object = try await storage.head(trial == .key ? folder.other : key)
        return UploadTrial.Outcome(status: answer.status, code: answer.code, isStored: object != nil)
    }

    /// A preflight for each origin of the settings.
    func crossOrigin(_ method: UploadMethod, _ address: S3Endpoint) async -> [Finding] {
        let origins: [String]
        switch settings.server.corsOrigins {
        case .any: origins = ["https://any.example"]
        case .only(let named): origins = named
        }
        guard !origins.isEmpty else {
            return [.skipped("CORS", "TOLLGATE_SERVER_CORS_ORIGINS names none: no page of another origin uploads")]
        }
        var findings: [Finding] = []
        for origin in origins {
            // The type of a form is on the list of those that need no leave.
            let preflight = Preflight(origin: origin, method: method, headers: method == .put ? ["content-type"] : [])
            do throws(NoAnswer) {
                findings.append(preflight.finding(try await browser.send(preflight.request(address.formURL))))
            } catch {
                findings.append(
                    .failed(
                        preflight.name, "no answer from the store's public address: \(error)",
                        advice: "let browsers and this machine reach it"))
            }
        }
        return findings
    }
}
