import Foundation

/// For scripts and trials on a desk: a file beside the folder masks the key, readable by its owner only. It guards against
/// copying the walkbook's folder alone, and against nothing else; phones use `EnclaveKeyStore`.
public final class DeskKeyStore: KeyStore, Sendable {
    private let file: URL

    /// Keeps the mask in this file.
    public init(file: URL) {
        self.file = file
    }

    public func wrap(key: Data) throws -> Data {
        let mask = Data(key.map { _ in UInt8.random(in: .min ... .max) })
        let owner: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: file.path, contents: mask, attributes: owner) else {
            throw KeyStoreError.Failed
        }
        return masked(key, mask)
    }

    public func unwrap(wrapped: Data) throws -> Data {
        guard FileManager.default.fileExists(atPath: file.path) else { throw KeyStoreError.Lost }
        guard let mask = try? Data(contentsOf: file) else { throw KeyStoreError.Failed }
        guard mask.count == wrapped.count else { throw KeyStoreError.Lost }
        return masked(wrapped, mask)
    }

    private func masked(_ text: Data, _ mask: Data) -> Data {
        Data(zip(text, mask).map { $0 ^ $1 })
    }
}
