internal import CLibCrypto

/// Whether two byte strings are equal, in a time that tells only their lengths (CRYPTO_memcmp(3)).
package func constantTimeEquals(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    let (left, right) = (Array(left), Array(right))
    guard left.count == right.count else { return false }
    return CRYPTO_memcmp(left, right, left.count) == 0
}
