// How far a sync is, and that the server has news: what an open app shows by itself.

import Foundation
import WalkbookCore
import XCTest

final class ProgressTests: XCTestCase {
    func testAFirstDownloadIsToldToItsEnd() async throws {
        let mate = try await Mate.downloaded()
        let last = try await mate.told.end()
        XCTAssertEqual(last.doors, 40)
        XCTAssertEqual(last.awaitedDoors, 0)
        XCTAssertEqual(last.receivedBytes, mate.synced.receivedBytes)
        XCTAssertEqual(last.sentBytes, mate.synced.sentBytes)
        XCTAssertEqual(last.bytesToReceive, last.receivedBytes)
    }

    func testWhatIsBroughtIsToldInEntries() async throws {
        let mate = try await Mate.downloaded()
        for place in 20...22 { try mate.knock(place) }
        let told = Told()
        _ = try await mate.walkbook.syncUntilCancelled { told.add($0) }
        let last = try await told.end()
        XCTAssertEqual(last.answeredEntries, 3)
        XCTAssertEqual(last.entries, 3)
    }

    func testWhoeverThrowsOrDoesNotComeBackDoesTheExchangeNoHarm() async throws {
        let mate = try await Mate.downloaded()
        let thrown = try await mate.walkbook.sync(progress: Throws())
        XCTAssertEqual(thrown.ended, .complete)
        let goOn = DispatchSemaphore(value: 0)
        let synced = try await mate.walkbook.syncUntilCancelled { _ in goOn.wait() }
        XCTAssertEqual(synced.ended, .complete)
        // For the call that waits, and for the last one.
        for _ in 0..<2 { goOn.signal() }
    }

    func testAnOpenPhoneHearsOfWhatAMateHasBroughtUntilItsTaskEnds() async throws {
        let mate = try await Mate.downloaded()
        let phone = try await Phone.withList()
        let heard = Count()
        let listening = Task { for try await _ in phone.walkbook.news() { heard.add() } }
        try await heard.rises(above: 0)
        // What else was new before.
        var before = 0
        while heard.value != before {
            before = heard.value
            try await Task.sleep(nanoseconds: 1_000_000_000)
        }
        try mate.knock(30)
        _ = try await mate.walkbook.sync()
        try await heard.rises(above: before)
        listening.cancel()
        try await listening.value
        let used = CancelToken()
        used.cancel()
        let ended = try await phone.walkbook.waitForNews(cancel: used)
        XCTAssertEqual(ended, .cancelled)
    }

    func testAPhoneThatIsNoDeviceHasNobodyToListenToAndAClosedOneHearsNothing() async throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        let result = await Task { for try await _ in walkbook.news() {} }.result
        XCTAssertThrowsError(try result.get()) { XCTAssertEqual($0 as? SyncError, .Phone(error: .NotEnrolled)) }
        walkbook.close()
        for try await _ in walkbook.news() { XCTFail("a closed walkbook has news") }
    }
}

/// Takes down how far a sync is.
private final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var told: [SyncProgress] = []

    func add(_ progress: SyncProgress) {
        lock.withLock { told.append(progress) }
    }

    /// What was told last, which may come when the sync has returned.
    func end() async throws -> SyncProgress {
        for _ in 0..<2_000 {
            if let last = lock.withLock({ told.last }), last.phase == .done { return last }
            try await Task.sleep(nanoseconds: 10_000_000)
        }
        throw NeverTold()
    }
}

/// How often something came.
private final class Count: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }

    func add() {
        lock.withLock { count += 1 }
    }

    func rises(above known: Int) async throws {
        for _ in 0..<3_000 {
            if value > known { return }
            try await Task.sleep(nanoseconds: 10_000_000)
        }
        throw NeverTold()
    }
}

private struct NeverTold: Error {}

private final class Throws: SyncListener, Sendable {
    func progressed(progress: SyncProgress) throws { throw NeverTold() }
}

/// Another phone with the same list, whose first download was watched.
private struct Mate {
    let walkbook: Walkbook
    let told: Told
    let synced: Synced

    private static let first = Task {
        let folder = World.folder.appendingPathComponent("swift-mate").path
        let walkbook = try Walkbook.open(folder: folder, keyStore: Gives())
        _ = try await walkbook.enrol(link: World.invitation("swift-mate"))
        let told = Told()
        let synced = try await walkbook.syncUntilCancelled { told.add($0) }
        return Mate(walkbook: walkbook, told: told, synced: synced)
    }

    static func downloaded() async throws -> Mate { try await first.value }

    func knock(_ place: Int) throws {
        guard let list = try walkbook.lists().first else { throw NeverTold() }
        let door = try walkbook.walkList(list: list.id)[place].door
        _ = try walkbook.recordOutcome(door: door, list: list.id, outcome: .notHome)
    }
}
