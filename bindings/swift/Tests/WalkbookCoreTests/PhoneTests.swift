// A phone with its list, before a real server.

import Foundation
import WalkbookCore
import XCTest

final class PhoneTests: XCTestCase {
    /// One phone for all of it: an invitation lets one phone in.
    func testAPhoneWithItsList() async throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        defer { walkbook.close() }
        _ = try await walkbook.enrol(link: World.invitation("swift-tests"))
        _ = try await walkbook.sync()
        let list = try XCTUnwrap(try walkbook.lists().first)
        let doors = try walkbook.walkList(list: list.id).map(\.door)

        try hostileTextsComeBackAsTheyWent(walkbook, list.id, doors[5])
        try aTextOfAMegabyteIsRefused(walkbook, list.id, doors[6])
        try idsAreHeldAgainstTheirKind(walkbook, list.id)
        try aKnockTakesOneOfTheTenantsOwnCodes(walkbook, list.id, doors[10])
        try await manyTasksLoseNoKnock(walkbook, list.id, doors[7])
        try await changesAreTold(walkbook, list.id, doors[8])
        try await aBudgetThatRunsOutLosesNothing(walkbook, list.id, doors[9])
        try await aBudgetThatRunsOutInTheMiddleLosesNothing(walkbook, list.id, doors[9])
        try await whatIsCalledOffInTheMiddleLosesNothing(walkbook, list.id, doors[9])
    }

    private func hostileTextsComeBackAsTheyWent(_ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId) throws {
        let hostile = ["🏳️‍🌈👩‍👩‍👧‍👧", "\u{202e}right to left \u{5d0}\u{5d1}", "a\0b", "'; DROP TABLE door_row; --", "e\u{301}\u{301}"]
        for text in hostile {
            let entry = try walkbook.recordOutcome(door: door, list: list, outcome: .notHome, note: text)
            let visit = try walkbook.door(door: door).visits.first { $0.entry == entry }
            XCTAssertEqual(visit?.counts?.note?.unicodeScalars.map(\.value), text.unicodeScalars.map(\.value))
            XCTAssertNoThrow(try walkbook.search(typed: text))
        }
    }

    private func aTextOfAMegabyteIsRefused(_ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId) throws {
        let before = try walkbook.status()
        let note = String(repeating: "x", count: 1_000_000)
        let error = errorOf { try walkbook.recordOutcome(door: door, list: list, outcome: .notHome, note: note) }
        guard case .Invalid(let field, _) = error else { return XCTFail("\(String(describing: error))") }
        XCTAssertEqual(field, "interaction.note")
        XCTAssertEqual(try walkbook.status(), before)
    }

    private func idsAreHeldAgainstTheirKind(_ walkbook: Walkbook, _ list: WalkListId) throws {
        let wrong = errorOf { try walkbook.door(door: DoorId(rawValue: list.rawValue)) }
        guard case .Invalid(let field, _) = wrong else { return XCTFail("\(String(describing: wrong))") }
        XCTAssertEqual(field, "door")
        let unknown = DoorId(rawValue: "door_" + String(repeating: "0", count: 26))
        XCTAssertEqual(errorOf { try walkbook.door(door: unknown) }, .NotHere(what: "door"))
    }

    private func aKnockTakesOneOfTheTenantsOwnCodes(_ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId) throws {
        XCTAssertEqual(try walkbook.settings().outcomeCodes, ["NH": .notHome, "LIT": .leftLiterature])
        let knock = Knock.outcome(outcome: .leftLiterature, code: "LIT")
        let entry = try walkbook.recordKnock(door: door, interaction: Interaction(list: list, knock: knock))
        let visit = try walkbook.door(door: door).visits.first { $0.entry == entry }
        XCTAssertEqual(visit?.counts?.knock, knock)
    }

    private func manyTasksLoseNoKnock(_ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId) async throws {
        let entries = try await withThrowingTaskGroup(of: [EntryId].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try (0..<25).map { _ in try walkbook.recordOutcome(door: door, list: list, outcome: .notHome) }
                }
            }
            return try await group.reduce(into: Set<EntryId>()) { $0.formUnion($1) }
        }
        XCTAssertEqual(entries.count, 200)
        XCTAssertTrue(entries.isSubset(of: try walkbook.door(door: door).visits.map(\.entry)))
    }

    private func changesAreTold(_ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId) async throws {
        var changes = try walkbook.changes().makeAsyncIterator()
        _ = try walkbook.recordOutcome(door: door, list: list, outcome: .notHome)
        let told = await changes.next()
        XCTAssertEqual(told?.doors, [door])
    }

    private func aBudgetThatRunsOutLosesNothing(_ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId) async throws {
        let before = try walkbook.status().atRisk
        let cut = try await walkbook.sync(budgetMs: 0)
        XCTAssertEqual(cut.ended, .outOfTime)
        XCTAssertEqual(cut.status.atRisk, before)
        let done = try await walkbook.sync()
        XCTAssertEqual(done.ended, .complete)
        XCTAssertEqual(done.status.atRisk, 0)
    }

    private func aBudgetThatRunsOutInTheMiddleLosesNothing(
        _ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId
    ) async throws {
        _ = try walkbook.recordOutcome(door: door, list: list, outcome: .notHome)
        try await World.withStandingWire {
            let cut = try await walkbook.sync(budgetMs: 500)
            XCTAssertEqual(cut.ended, .outOfTime)
            XCTAssertEqual(cut.status.atRisk, 1)
        }
        let done = try await walkbook.sync()
        XCTAssertEqual(done.status.atRisk, 0)
    }

    private func whatIsCalledOffInTheMiddleLosesNothing(
        _ walkbook: Walkbook, _ list: WalkListId, _ door: DoorId
    ) async throws {
        _ = try walkbook.recordOutcome(door: door, list: list, outcome: .notHome)
        try await World.withStandingWire {
            let syncing = Task { try await walkbook.syncUntilCancelled() }
            try await World.untilHeld()
            syncing.cancel()
            let ended = try await syncing.value.ended
            XCTAssertEqual(ended, .cancelled)
        }
        XCTAssertEqual(try walkbook.status().atRisk, 1)
        let synced = try await walkbook.sync()
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
}
