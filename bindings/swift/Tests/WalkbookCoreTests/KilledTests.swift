// An app that is killed in the middle of its calls.

import Foundation
import WalkbookCore
import XCTest

final class KilledTests: XCTestCase {
    func testEveryAcknowledgedKnockOfAKilledAppIsThere() async throws {
        let folder = freshFolder(self)
        let door = try await enrolledDoor(folder)
        var acknowledged: Set<String> = []
        for knocks in [1, 10, 100] { acknowledged.formUnion(try killed(after: knocks, folder)) }
        XCTAssertGreaterThanOrEqual(acknowledged.count, 111)

        let walkbook = try Walkbook.open(folder: folder, keyStore: keys(folder))
        defer { walkbook.close() }
        let visits = try walkbook.door(door: door).visits.map(\.entry.rawValue)
        XCTAssertTrue(acknowledged.isSubset(of: visits))
        XCTAssertGreaterThanOrEqual(try walkbook.status().atRisk, UInt64(acknowledged.count))
        let synced = try await walkbook.sync()
        XCTAssertEqual(synced.status.atRisk, 0)
    }

    private func keys(_ folder: String) -> DeskKeyStore {
        DeskKeyStore(file: URL(fileURLWithPath: folder + ".keystore"))
    }

    private func enrolledDoor(_ folder: String) async throws -> DoorId {
        let walkbook = try Walkbook.open(folder: folder, keyStore: keys(folder))
        defer { walkbook.close() }
        _ = try await walkbook.enrol(link: World.invitation("swift-killed"))
        _ = try await walkbook.sync()
        return try walkbook.walkList(list: walkbook.lists()[0].id)[0].door
    }

    /// A process of its own knocks, and is killed once it has said so many entries. Gives all that it has said.
    private func killed(after knocks: Int, _ folder: String) throws -> [String] {
        let process = Process()
        let pipe = Pipe()
        // The tests run in the package's folder.
        process.executableURL = URL(fileURLWithPath: ".build/debug/Knocker")
        process.arguments = [folder]
        process.standardOutput = pipe
        try process.run()
        var said = Data()
        while said.filter({ $0 == UInt8(ascii: "\n") }).count < knocks {
            let part = pipe.fileHandleForReading.availableData
            if part.isEmpty { return try XCTUnwrap(nil, "the process has ended by itself") }
            said.append(part)
        }
        kill(process.processIdentifier, SIGKILL)
        said.append(pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .uncaughtSignal)
        XCTAssertEqual(process.terminationStatus, SIGKILL)
        // The last line may be cut off.
        return String(decoding: said, as: UTF8.self).components(separatedBy: "\n").dropLast()
    }
}
