// The feed of changes, as an AsyncSequence.

import WalkbookCore
import XCTest

final class ChangeTests: XCTestCase {
    func testChangesAreToldInOnePieceToWhoeverIsSlow() async throws {
        let phone = try await Phone.withList()
        var changes = try phone.walkbook.changes().makeAsyncIterator()
        try phone.knock(8)
        try phone.knock(11)
        let told = await changes.next()
        XCTAssertEqual(told?.doors.sorted(), [phone.doors[8], phone.doors[11]].sorted())
        try phone.knock(12)
        let next = await changes.next()
        XCTAssertEqual(next?.doors, [phone.doors[12]])
    }

    func testChangesEndWithTheWalkbook() async throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        let ended = collected(try walkbook.changes()).ended
        walkbook.close()
        await fulfillment(of: [ended], timeout: 60)
        XCTAssertThrowsError(try walkbook.changes()) { XCTAssertEqual($0 as? WalkbookError, .Closed) }
    }

    func testChangesEndWithTheTask() async throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        defer { walkbook.close() }
        let (task, ended) = collected(try walkbook.changes())
        task.cancel()
        await fulfillment(of: [ended], timeout: 60)
    }

    /// Collects a feed in which nothing is to come, in a task of its own.
    private func collected(_ feed: ChangeFeed) -> (task: Task<Void, Never>, ended: XCTestExpectation) {
        let ended = expectation(description: "the feed has ended")
        let task = Task {
            for await changes in feed { XCTFail("\(changes)") }
            ended.fulfill()
        }
        return (task, ended)
    }
}
