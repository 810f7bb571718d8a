/// The CRC-32 of Ethernet, zip and PNG: reflected polynomial 0xEDB88320, check value 0xCBF43926.
///
/// Source: ISO/IEC 3309; RFC 1952, section 8.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value >> 1 ^ (value & 1) &* 0xEDB8_8320 }
    }

    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in
            crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
        }
    }
}
