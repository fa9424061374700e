import Foundation
import WalkbookCore

/// For trials on a desk: a file beside the folder masks the key. It guards against copying the walkbook's folder alone, and
/// against nothing else; phones use `EnclaveKeyStore`.
final class DeskKeyStore: KeyStore, Sendable {
    private let file: URL

    init(file: URL) {
        self.file = file
    }

    func wrap(key: Data) throws -> Data {
        let mask = Data(key.map { _ in UInt8.random(in: .min ... .max) })
        guard (try? mask.write(to: file)) != nil else { throw KeyStoreError.Failed }
        return masked(key, mask)
    }

    func unwrap(wrapped: Data) throws -> Data {
        guard let mask = try? Data(contentsOf: file), mask.count == wrapped.count else { throw KeyStoreError.Lost }
        return masked(wrapped, mask)
    }

    private func masked(_ text: Data, _ mask: Data) -> Data {
        Data(zip(text, mask).map { $0 ^ $1 })
    }
}
