// The app's keys on Apple's systems.

#if canImport(Security)
import Foundation
import Security

/// Wraps the databases' key under a P-256 key of the Secure Enclave, by ECIES. The key is made at the first wrapping and never
/// leaves the phone; it may be used once the phone has been unlocked after its start, so that syncs in the background work.
public final class EnclaveKeyStore: KeyStore, Sendable {
    private let key: EnclaveKey
    private static let algorithm = SecKeyAlgorithm.eciesEncryptionCofactorVariableIVX963SHA256AESGCM

    /// `tag` names the key; one app needs one.
    public init(tag: String = "walkbook") {
        key = EnclaveKey(tag: tag)
    }

    public func wrap(key plain: Data) throws -> Data {
        guard let known = try translating({ try key.known() ?? key.made() }), let open = SecKeyCopyPublicKey(known),
            let wrapped = SecKeyCreateEncryptedData(open, Self.algorithm, plain as CFData, nil)
        else { throw KeyStoreError.Failed }
        return wrapped as Data
    }

    public func unwrap(wrapped: Data) throws -> Data {
        guard let known = try translating({ try key.known() }) else { throw KeyStoreError.Lost }
        var failure: Unmanaged<CFError>?
        guard let plain = SecKeyCreateDecryptedData(known, Self.algorithm, wrapped as CFData, &failure) else {
            throw refusal(KeyFailure(of: failure))
        }
        return plain as Data
    }

    private func translating<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch let failure as KeyFailure {
            throw failure.isLocked ? KeyStoreError.Locked : KeyStoreError.Failed
        }
    }

    private func refusal(_ failure: KeyFailure) -> KeyStoreError {
        if failure.isLocked { return .Locked }
        return failure.isOfAnotherKey ? .Lost : .Failed
    }
}

/// Signs with a P-256 key that is made in the Secure Enclave at the first asking, and never leaves it.
public final class EnclaveSigner: Signer, Sendable {
    private let key: EnclaveKey

    /// `tag` names the key; one app needs one.
    public init(tag: String = "walkbook-device") {
        key = EnclaveKey(tag: tag)
    }

    public func publicKey() throws -> Data {
        guard let known = try? key.known() ?? key.made(), let open = SecKeyCopyPublicKey(known),
            let point = SecKeyCopyExternalRepresentation(open, nil)
        else { throw SignerError.Failed }
        return point as Data
    }

    public func sign(message: Data) throws -> Data {
        guard let known = try? key.known(),
            let signature = SecKeyCreateSignature(known, .ecdsaSignatureMessageX962SHA256, message as CFData, nil)
        else { throw SignerError.Failed }
        return signature as Data
    }
}

/// What the system said instead of giving a key.
private struct KeyFailure: Error {
    let status: OSStatus

    init(status: OSStatus) {
        self.status = status
    }

    init(of failure: Unmanaged<CFError>?) {
        let code = failure.map { CFErrorGetCode($0.takeRetainedValue()) } ?? Int(errSecInternalError)
        status = OSStatus(truncatingIfNeeded: code)
    }

    var isLocked: Bool { status == errSecInteractionNotAllowed || status == errSecAuthFailed }

    /// What ECIES says to bytes that were wrapped by another key, or are none that it wrapped.
    var isOfAnotherKey: Bool { status == errSecParam || status == errSecDecode }
}

/// A private key of the Secure Enclave, by its tag in the Keychain.
private struct EnclaveKey: Sendable {
    let tag: String

    /// Nothing, where it was never made.
    func known() throws -> SecKey? {
        let query: [CFString: Any] = [
            kSecClass: kSecClassKey,
            kSecAttrApplicationTag: Data(tag.utf8),
            kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
            kSecReturnRef: true,
        ]
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        switch status {
        case errSecSuccess: return (found as! SecKey)
        case errSecItemNotFound: return nil
        default: throw KeyFailure(status: status)
        }
    }

    func made() throws -> SecKey {
        var failure: Unmanaged<CFError>?
        let access = SecAccessControlCreateWithFlags(
            nil, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage, &failure)
        guard let access else { throw KeyFailure(status: errSecParam) }
        let attributes: [CFString: Any] = [
            kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeySizeInBits: 256,
            kSecAttrTokenID: kSecAttrTokenIDSecureEnclave,
            kSecPrivateKeyAttrs: [
                kSecAttrIsPermanent: true,
                kSecAttrApplicationTag: Data(tag.utf8),
                kSecAttrAccessControl: access,
            ] as [CFString: Any],
        ]
        guard let key = SecKeyCreateRandomKey(attributes as CFDictionary, &failure) else {
            throw KeyFailure(of: failure)
        }
        return key
    }
}
#endif
