extension String {
    /// Whether both texts have the same UTF-8 bytes.
    ///
    /// `==` takes a composed letter and its decomposed form for equal. Where a text names an object, a field or a
    /// member, they are two names. `==` still goes first: it is the quicker one to say no.
    func hasSameBytes(as other: String) -> Bool {
        self == other && utf8.elementsEqual(other.utf8)
    }
}
