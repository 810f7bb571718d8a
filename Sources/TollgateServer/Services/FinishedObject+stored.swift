import Ledger
import ObjectStorage
import TollgateCore

extension FinishedObject {
    init(_ object: StoredObject) {
        self.init(
            bytes: object.size, etag: object.etag,
            checksum: object.checksumSHA256.flatMap(ChecksumSHA256.init(bytes:)))
    }
}
