// A phone and the network: budgets that run out, and being called off in the middle.

import WalkbookCore
import XCTest

final class SyncTests: XCTestCase {
    func testABudgetThatRunsOutLosesNothingAndTheNextSyncGoesOn() async throws {
        let phone = try await Phone.withList()
        try phone.knock(9)
        let before = try phone.walkbook.status().atRisk
        let cut = try await phone.walkbook.sync(budgetMs: 0)
        XCTAssertEqual(cut.ended, .outOfTime)
        XCTAssertEqual(cut.status.atRisk, before)
        let done = try await phone.walkbook.sync()
        XCTAssertEqual(done.ended, .complete)
        XCTAssertEqual(done.status.atRisk, 0)
    }

    func testABudgetThatRunsOutInTheMiddleLosesNothing() async throws {
        let phone = try await Phone.withList()
        try phone.knock(9)
        try await World.withStandingWire {
            let cut = try await phone.walkbook.sync(budgetMs: 500)
            XCTAssertEqual(cut.ended, .outOfTime)
            XCTAssertGreaterThan(cut.status.atRisk, 0)
        }
        let done = try await phone.walkbook.sync()
        XCTAssertEqual(done.status.atRisk, 0)
    }

    func testWhatIsCalledOffInTheMiddleLosesNothing() async throws {
        let phone = try await Phone.withList()
        try phone.knock(9)
        try await World.withStandingWire {
            let token = CancelToken()
            let syncing = Task { try await phone.walkbook.sync(cancel: token) }
            try await World.untilHeld()
            token.cancel()
            let ended = try await syncing.value.ended
            XCTAssertEqual(ended, .cancelled)
        }
        try await World.withStandingWire {
            let syncing = Task { try await phone.walkbook.syncUntilCancelled() }
            try await World.untilHeld()
            syncing.cancel()
            let ended = try await syncing.value.ended
            XCTAssertEqual(ended, .cancelled)
        }
        XCTAssertGreaterThan(try phone.walkbook.status().atRisk, 0)
        let synced = try await phone.walkbook.sync()
        XCTAssertEqual(synced.status.atRisk, 0)
    }

    func testClosingEndsAnEnrolmentUnderWay() async throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        try await World.withStandingWire {
            let invitation = try World.invitation("swift-unfinished")
            let enrolling = Task { try await walkbook.enrol(link: invitation) }
            try await World.untilHeld()
            walkbook.close()
            let result = await enrolling.result
            XCTAssertThrowsError(try result.get()) { XCTAssertEqual($0 as? SyncError, .Phone(error: .Closed)) }
        }
    }

    func testAnInvitationThatWasUsedOrIsNoneIsRefused() async throws {
        _ = try await Phone.withList()
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        defer { walkbook.close() }
        let used = try World.invitation("swift-tests")
        for link in [used, "https://example.org", "", "\0", String(repeating: "x", count: 1_000_000)] {
            let result = await Task { try await walkbook.enrol(link: link) }.result
            XCTAssertThrowsError(try result.get()) { XCTAssertEqual($0.variant, "Invitation") }
        }
        let result = await Task { try await walkbook.sync() }.result
        XCTAssertThrowsError(try result.get()) { XCTAssertEqual($0 as? SyncError, .Phone(error: .NotEnrolled)) }
    }
}
