/// Who makes a change, and from where: what the audit log says of it besides the change itself.
package struct ChangeOrigin: Hashable, Sendable {
    package let actor: AuditActor
    /// The `X-Request-Id` of the answer; nil for a command.
    package let requestID: String?
    /// The peer's address without its port; nil for a command and on a UNIX socket.
    package let address: String?

    package init(actor: AuditActor, requestID: String? = nil, address: String? = nil) {
        self.actor = actor
        self.requestID = requestID
        self.address = address
    }
}

package enum AuditActor: Hashable, Sendable {
    /// A tenant's admin, by the key that was used.
    case key(APIKeyID)
    /// The platform's operator, by the key that was used.
    case platformOperator(APIKeyID)
    /// The command `tollgate`, with the operating system's name of whoever ran it.
    case console(user: String?)
}
