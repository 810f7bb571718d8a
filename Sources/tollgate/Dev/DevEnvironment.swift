import Foundation
import TollgateServer

/// How to reach a running `dev` instance: `<data>/dev.env`, and what is printed when it is ready.
struct DevEnvironment: Sendable {
    let url: String
    let keys: DevKeys
    let settings: ServingSettings

    /// One `NAME=value` a line, quoted for a POSIX shell.
    var file: String {
        var values = [
            ("TOLLGATE_URL", url),
            ("TOLLGATE_KEY", keys.demo),
            ("TOLLGATE_OPERATOR_KEY", keys.platformOperator),
            ("TOLLGATE_DATABASE_URL", settings.databaseURL.connectionString),
        ]
        switch settings.store {
        case .local(let store, let accessKeyID, let secretAccessKey):
            values += [
                ("TOLLGATE_STORAGE_ENDPOINT", url + "/storage"),
                ("TOLLGATE_STORAGE_BUCKET", store.bucket),
                ("TOLLGATE_STORAGE_REGION", store.region),
                ("TOLLGATE_STORAGE_ACCESS_KEY_ID", accessKeyID),
                ("TOLLGATE_STORAGE_SECRET_ACCESS_KEY", secretAccessKey.revealed),
            ]
        case .s3(let store, let bucket, let region):
            values += [
                ("TOLLGATE_STORAGE_ENDPOINT", store.endpointURL(region: region)),
                ("TOLLGATE_STORAGE_BUCKET", bucket),
                ("TOLLGATE_STORAGE_REGION", region),
            ]
            if let accessKeyID = store.accessKeyID, let secretAccessKey = store.secretAccessKey {
                values += [
                    ("TOLLGATE_STORAGE_ACCESS_KEY_ID", accessKeyID),
                    ("TOLLGATE_STORAGE_SECRET_ACCESS_KEY", secretAccessKey.revealed),
                ]
            }
        }
        return values.map { name, value in "\(name)=\(Self.quote(value))\n" }.joined()
    }

    /// Plain where every character is, so that other readers than a shell need no unquoting.
    private static func quote(_ value: String) -> String {
        let plain = value.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "%+,-./:@_=".utf8.contains(byte)
        }
        return plain ? value : "'" + value.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    func greeting(file: String) -> String {
        """

        Tollgate is ready at \(url)

        Upload a file in three steps; in another terminal:

          . \(file)

          # 1. start: reserve room and get a signed form
          curl -sS "$TOLLGATE_URL/v1/uploads" -H "Authorization: Bearer $TOLLGATE_KEY" \\
            -H 'Content-Type: application/json' \\
            -d "{\\"file_name\\": \\"photo.jpg\\", \\"file_size\\": $(stat -c %s photo.jpg)}" > ticket.json

          # 2. upload: the form's fields, then the file, straight to the store
          jq -r '"url = \\(.url)", (.fields | to_entries[] | "form-string = \\("\\(.key)=\\(.value)" | @json)")' ticket.json |
            curl -sS --fail-with-body -K - -F file=@photo.jpg

          # 3. finish: the object is looked at and counted
          curl -sS -X POST "$TOLLGATE_URL/v1/uploads/$(jq -r .id ticket.json)/finish" \\
            -H "Authorization: Bearer $TOLLGATE_KEY"

        Ctrl-C stops everything; the data stay.

        """
    }
}
