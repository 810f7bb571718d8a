import Foundation
import NIOHTTP1
import Testing

@testable import ObjectStorage
@testable import TollgateCore

@Suite("Chain of credentials")
struct S3CredentialsChainTests {
    private static let sixHours = CredentialsScratch.now + 6 * 3_600

    @Test("settings win over the environment, and the environment over files")
    func order() async throws {
        let scratch = try CredentialsScratch()
        try scratch.write("credentials", "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = s\n")
        let variables = [
            "AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        ]
        let settings = S3Credentials(accessKeyID: "AKSETTINGS", secretAccessKey: "s")
        #expect(try await scratch.find(variables, settings: settings) == settings)
        #expect(
            try await scratch.find(variables)
                == S3Credentials(accessKeyID: "AKENV", secretAccessKey: "s", sessionToken: "t"))
        #expect(try await scratch.find().accessKeyID == "AKFILE")
        #expect(
            await scratch.refusal(["AWS_ACCESS_KEY_ID": "AKENV"])
                == "credentials from environment: AWS_SECRET_ACCESS_KEY is not set")
    }

    @Test("names all that was looked for when there is nothing")
    func nothing() async throws {
        let text = await (try CredentialsScratch()).refusal([:])
        for part in [
            "settings: TOLLGATE_STORAGE_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE",
            "no profile \"default\"", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED",
        ] { #expect(text.contains(part)) }
    }

    @Test("the credentials file wins over the config file, and AWS_PROFILE chooses")
    func profiles() async throws {
        let scratch = try CredentialsScratch()
        try scratch.write(
            "config",
            "[default]\naws_access_key_id=A\naws_secret_access_key=s\n[profile b]\naws_access_key_id=B\n"
                + "aws_secret_access_key=s\n[c]\naws_access_key_id=C\naws_secret_access_key=s\n")
        try scratch.write("credentials", "[b]\naws_access_key_id=B2\n")
        #expect(try await scratch.find().accessKeyID == "A")
        #expect(try await scratch.find(["AWS_PROFILE": "b"]).accessKeyID == "B2")
        #expect(
            await scratch.refusal(["AWS_PROFILE": "c"])
                == "credentials from profile \"c\": there is no such profile")
    }

    @Test(
        "says what is wrong with a profile, and shows no secret",
        arguments: [
            ("aws_secret_access_key = hush", "aws_access_key_id is not set"),
            ("sso_start_url = https://hush", "sso_start_url (IAM Identity Center or a login) is not supported"),
            ("role_arn = r", "source_profile or credential_source is not set"),
            ("role_arn = r\nsource_profile = p", "source_profile goes in a circle: p, p"),
            ("role_arn = r\nsource_profile = q", "there is no such profile"),
            ("role_arn = r\nmfa_serial = hush\nsource_profile = p", "mfa_serial is not supported"),
            ("role_arn = r\ncredential_source = Moon", "must be Environment"),
            ("role_arn = r\ncredential_source = Environment\nsource_profile = p", "exclude each other"),
            ("credential_process = /bin/sh -c 'echo hush >&2; exit 3'", "credential_process ended with status 3"),
            ("credential_process = /bin/echo '{\"Version\": 2, \"SecretAccessKey\": \"hush\"}'", "not of Version 1"),
            ("credential_process = 'hush", "open quote"), ("hush", "line 2: neither a section nor a value"),
        ])
    func faults(_ lines: String, _ expected: String) async throws {
        let scratch = try CredentialsScratch()
        try scratch.write("config", "[profile p]\n\(lines)\n")
        let text = await scratch.refusal(["AWS_PROFILE": "p"])
        #expect(text.contains(expected))
        #expect(!text.contains("hush"))
    }

    @Test("runs a credential_process without a shell")
    func process() async throws {
        let scratch = try CredentialsScratch()
        let document = """
            {"Version": 1, "AccessKeyId": "AKPROC", "SecretAccessKey": "s", "SessionToken": "t",
             "Expiration": "2015-12-29T07:00:00+01:00"}
            """
        let path = try scratch.write("answer 1.json", document)
        try scratch.write("config", "[default]\ncredential_process = cat \"\(path)\"\n")
        #expect(
            try await scratch.find()
                == S3Credentials(
                    accessKeyID: "AKPROC", secretAccessKey: "s", sessionToken: "t", expiresAt: Self.sixHours))
    }

    @Test("kills a credential_process that takes too long, even one that ignores being asked")
    func slowProcess() async {
        do {
            _ = try await CredentialProcess.run(
                "/bin/sh -c 'trap \"\" TERM; while :; do :; done'", timeout: .milliseconds(300))
            Issue.record("it ended")
        } catch {
            #expect(error == .processFailed("took longer than 0.3 seconds"))
        }
    }

    @Test("a role can be had with the container's credentials, and source profiles may not go in a circle")
    func credentialSources() async throws {
        let scratch = try CredentialsScratch()
        try scratch.write(
            "config",
            "[default]\nrole_arn=arn:x\ncredential_source=EcsContainer\n[profile a]\nrole_arn=r\nsource_profile=b\n"
                + "[profile b]\nrole_arn=r\nsource_profile=a\n")
        try await HTTPStandIn.serve { request in
            .init(body: request.method == "GET" ? CredentialsScratch.document : CredentialsScratch.sts("AssumeRole"))
        } _: { standIn in
            let variables = [
                "AWS_ENDPOINT_URL_STS": standIn.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(standIn.url)/v1",
            ]
            let found = try await scratch.find(variables)
            #expect(found.accessKeyID == "AKROLE")
            #expect(standIn.requests.last?.headers["x-amz-security-token"] == ["tok"])
        }
        #expect(await scratch.refusal(["AWS_PROFILE": "a"]).contains("source_profile goes in a circle: a, b, a"))
    }

    @Test("asks STS for the role of a web identity, unsigned", arguments: [false, true])
    func webIdentity(_ byProfile: Bool) async throws {
        let scratch = try CredentialsScratch()
        let token = try scratch.write("token", "a.b+c\n")
        try await HTTPStandIn.serve { _ in
            .init(body: CredentialsScratch.sts("AssumeRoleWithWebIdentity"))
        } _: {
            standIn in
            var variables = ["AWS_ENDPOINT_URL_STS": standIn.url]
            if byProfile {
                try scratch.write("config", "[default]\nrole_arn = arn:x\nweb_identity_token_file = \(token)\n")
            } else {
                variables["AWS_ROLE_ARN"] = "arn:x"
                variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = token
            }
            #expect(
                try await scratch.find(variables)
                    == S3Credentials(
                        accessKeyID: "AKROLE", secretAccessKey: "hush&", sessionToken: "tok", expiresAt: Self.sixHours))
            let request = try #require(standIn.requests.first)
            #expect(request.path == "/")
            #expect(request.headers["authorization"].isEmpty)
            #expect(
                request.body == "Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Ax&RoleSessionName=tollgate"
                    + "&WebIdentityToken=a.b%2Bc&Version=2011-06-15")
        }
    }

    @Test("signs for STS with the source profile's keys")
    func assumeRole() async throws {
        let scratch = try CredentialsScratch()
        try scratch.write(
            "config",
            "[default]\nrole_arn=arn:x\nsource_profile=base\nexternal_id=e\n"
                + "[profile base]\naws_access_key_id=AKBASE\naws_secret_access_key=s\n")
        try await HTTPStandIn.serve { _ in
            .init(body: CredentialsScratch.sts("AssumeRole"))
        } _: { standIn in
            #expect(try await scratch.find(["AWS_ENDPOINT_URL_STS": standIn.url]).accessKeyID == "AKROLE")
            let request = try #require(standIn.requests.first)
            let authorization = try #require(request.headers["authorization"].first)
            #expect(authorization.contains("Credential=AKBASE/20151229/eu-central-1/sts/aws4_request"))
            let host = String(standIn.url.dropFirst("http://".count))
            let expected = ServiceSignature.authorization(
                method: "POST", path: "/",
                headers: [
                    .init(name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8"),
                    .init(name: "host", value: host), .init(name: "x-amz-date", value: "20151229T000000Z"),
                ], body: request.body, credentials: S3Credentials(accessKeyID: "AKBASE", secretAccessKey: "s"),
                scope: CredentialScope(day: "20151229", region: "eu-central-1", service: "sts"),
                date: "20151229T000000Z")
            #expect(authorization == expected)
            #expect(request.headers["host"] == [host])
            #expect(request.body.contains("ExternalId=e"))
        }
    }

    @Test("shows the code of STS's error and nothing else of it, and asks no other source")
    func refusedByTheService() async throws {
        let scratch = try CredentialsScratch()
        let token = try scratch.write("token", "hush")
        let body =
            "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>hush</Message></Error></ErrorResponse>"
        try await HTTPStandIn.serve { _ in
            .init(status: 400, body: body)
        } _: { standIn in
            let text = await scratch.refusal([
                "AWS_ENDPOINT_URL_STS": standIn.url, "AWS_ROLE_ARN": "r", "AWS_WEB_IDENTITY_TOKEN_FILE": token,
            ])
            #expect(text == "credentials from web identity: answered 400 (InvalidIdentityToken)")
            #expect(standIn.requests.count == 1)
        }
    }

    @Test("asks the container endpoint with the token, and prefers the token's file")
    func container() async throws {
        let scratch = try CredentialsScratch()
        let file = try scratch.write("token", "from-file\n")
        try await HTTPStandIn.serve { _ in
            .init(body: CredentialsScratch.document)
        } _: { standIn in
            let variables = [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(standIn.url)/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "from-variable",
            ]
            let found = try await scratch.find(variables)
            #expect(found.accessKeyID == "AKREMOTE")
            #expect(found.expiresAt == Self.sixHours)
            _ = try await scratch.find(variables.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file]) { $1 })
            #expect(standIn.requests.map { $0.headers["authorization"] } == [["from-variable"], ["from-file"]])
            #expect(standIn.requests.allSatisfy { $0.path == "/v1/credentials" })
        }
    }

    @Test("does not follow a redirect with the token")
    func redirect() async throws {
        let scratch = try CredentialsScratch()
        try await HTTPStandIn.serve { _ in
            .init(status: 302, headers: [("location", "/elsewhere")])
        } _: { standIn in
            let text = await scratch.refusal([
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": standIn.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hush",
            ])
            #expect(text == "credentials from container endpoint: answered 302")
            #expect(standIn.requests.count == 1)
        }
    }

    @Test(
        "lets plain http go to this machine alone",
        arguments: [
            ("http://127.0.0.1/x", true), ("http://127.9.8.7:80/x", true), ("http://[::1]/x", true),
            ("http://localhost:1/x", true), ("http://169.254.170.2/x", true), ("http://169.254.170.23/v1", true),
            ("http://[fd00:ec2::23]/v1", true), ("https://anywhere.example/x", true), ("http://example.com/x", false),
            ("http://127.0.0.1.example.com/x", false), ("http://169.254.169.254/x", false), ("ftp://127.0.0.1/", false),
            ("/x", false), ("http://127.0.0.1@example.com/", false), ("http://127.0.0/x", false),
        ])
    func allowedHosts(_ url: String, _ isAllowed: Bool) {
        #expect(ContainerCredentials.isAllowed(url) == isAllowed)
    }

    @Test("asks instance metadata by version 2, a second time where the first fails")
    func instance() async throws {
        let scratch = try CredentialsScratch()
        try await HTTPStandIn.serve { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"):
                request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == ["21600"]
                    ? .init(body: "session") : .init(status: 400)
            case _ where request.headers["x-aws-ec2-metadata-token"] != ["session"]: .init(status: 401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"): .init(body: "the-role")
            case ("GET", "/latest/meta-data/iam/security-credentials/the-role"):
                .init(body: CredentialsScratch.document)
            default: .init(status: 404)
            }
        } _: { standIn in
            let found = try await scratch.find([
                "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": standIn.url,
            ])
            #expect(found.accessKeyID == "AKREMOTE")
            #expect(standIn.requests.count == 3)
        }
        try await HTTPStandIn.serve { _ in
            .init(status: 503)
        } _: { standIn in
            let text = await scratch.refusal([
                "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": standIn.url,
            ])
            #expect(text == "credentials from instance metadata: answered 503")
            #expect(standIn.requests.count == 2)
        }
    }
}
