import Foundation
import WalkbookCore
import XCTest

/// Nothing is wrapped, or what the test gives is unwrapped.
final class Gives: KeyStore, @unchecked Sendable {
    var unwrapped: Result<Data, any Error>?

    init(_ unwrapped: Result<Data, any Error>? = nil) {
        self.unwrapped = unwrapped
    }

    func wrap(key: Data) throws -> Data { key }

    func unwrap(wrapped: Data) throws -> Data { try unwrapped?.get() ?? wrapped }
}

/// Gives what it was given, once it is told to go on.
final class Slow: KeyStore, Sendable {
    let asked = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)

    func wrap(key: Data) throws -> Data { key }

    func unwrap(wrapped: Data) throws -> Data {
        asked.signal()
        goOn.wait()
        return wrapped
    }
}

/// Has no key.
final class Fails: Signer, Sendable {
    func publicKey() throws -> Data { throw SignerError.Failed }

    func sign(message: Data) throws -> Data { throw SignerError.Failed }
}

/// A folder that goes with the test.
func freshFolder(_ test: XCTestCase) -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    test.addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
    return folder.path
}

/// A phone that has its list, for the whole run: an invitation lets one phone in.
struct Phone {
    let walkbook: Walkbook
    let list: WalkListId
    let doors: [DoorId]

    private static let enrolled = Task {
        let folder = World.folder.appendingPathComponent("swift-tests").path
        let walkbook = try Walkbook.open(folder: folder, keyStore: Gives())
        _ = try await walkbook.enrol(link: World.invitation("swift-tests"))
        _ = try await walkbook.sync()
        return walkbook
    }

    static func withList() async throws -> Phone {
        let walkbook = try await enrolled.value
        let list = try XCTUnwrap(walkbook.lists().first)
        return Phone(walkbook: walkbook, list: list.id, doors: try walkbook.walkList(list: list.id).map(\.door))
    }

    /// Knocks at a door where nobody opens.
    @discardableResult
    func knock(_ place: Int, note: String? = nil) throws -> EntryId {
        try walkbook.recordOutcome(door: doors[place], list: list, outcome: .notHome, note: note)
    }
}

/// What `bindings/trials/world.sh` has made.
enum World {
    static let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["WALKBOOK_WORLD"] ?? "/world")

    static func invitation(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent("invitations/\(name)"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Nothing that a phone sends gets through while the work goes on.
    static func withStandingWire<T>(_ work: () async throws -> T) async throws -> T {
        forgetHeld()
        let standing = folder.appendingPathComponent("standing")
        _ = FileManager.default.createFile(atPath: standing.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: standing) }
        return try await work()
    }

    static func forgetHeld() {
        try? FileManager.default.removeItem(at: folder.appendingPathComponent("held"))
    }

    /// Returns once the wire holds something back.
    static func untilHeld() async throws {
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("held").path) {
            try await Task.sleep(nanoseconds: 10_000_000)
        }
    }
}

/// The error that a call throws.
func errorOf<T>(_ call: () throws -> T) -> WalkbookError? {
    do {
        _ = try call()
        return nil
    } catch {
        return error as? WalkbookError
    }
}

extension Error {
    /// The case's name, without what it carries.
    var variant: String { String(String(describing: self).prefix { $0 != "(" }) }
}
