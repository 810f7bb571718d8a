import Foundation
import ObjectStorage
import TollgateCore

extension Checkup {
    var publicAddress: String { settings.server.publicURL().description }

    /// Whether a gateway answers at `server.public_url`.
    func publicURL() async -> Finding {
        let name = "public URL"
        guard settings.server.givenPublicURL != nil || settings.server.port > 0 else {
            return .skipped(name, "the system chooses the port, and TOLLGATE_SERVER_PUBLIC_URL is not set")
        }
        let url = publicAddress + "/healthz"
        let start = "start the gateway first (tollgate serve)"
        do throws(NoAnswer) {
            let answer = try await browser.send(BrowserRequest(method: "GET", url: url))
            guard answer.status == 200, isHealth(answer.body) else {
                return .failed(
                    name, "\(url) answered \(answer.status), and not as Tollgate",
                    advice: "correct TOLLGATE_SERVER_PUBLIC_URL, or the proxy that stands there")
            }
            return .ok(name, "\(url) answers as Tollgate")
        } catch {
            return .failed(
                name, "no answer from \(url): \(error)",
                advice: "\(start), or correct TOLLGATE_SERVER_PUBLIC_URL")
        }
    }

    private func isHealth(_ body: [UInt8]) -> Bool {
        do throws(JSONError) {
            let health = try JSONParser.parse(body).object
            return health?["status"]?.string == "ok" && health?["checks"]?.object?["alive"]?.string == "ok"
        } catch {
            return false
        }
    }

    /// Whether anything answers where browsers will upload to.
    /// - Returns: that address; nil where uploads cannot be tried.
    func publicEndpoint(
        _ store: StoreComposition, gateway: Finding, into findings: inout [Finding]
    ) async -> S3Endpoint? {
        let name = "public endpoint"
        let address = store.publicAddress
        guard store.ownAddress != nil else {
            guard gateway.verdict == .ok else {
                findings.append(
                    .skipped(name, "the gateway serves the local store, and does not answer: start it first"))
                return nil
            }
            findings.append(.skipped(name, "the gateway serves the local store"))
            return address
        }
        guard store.ownAddress != address else {
            findings.append(.skipped(name, "is the endpoint itself"))
            return address
        }
        do throws(NoAnswer) {
            let answer = try await browser.send(BrowserRequest(method: "GET", url: address.bucketURL))
            findings.append(.ok(name, "\(address.bucketURL) answers (\(answer.status) to a stranger)"))
            return address
        } catch {
            findings.append(
                .failed(
                    name, "no answer from \(address.bucketURL): \(error)",
                    advice: "correct TOLLGATE_STORAGE_S3_PUBLIC_ENDPOINT, or let this machine reach it"))
            return nil
        }
    }
}
