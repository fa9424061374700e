// Key stores that fail or give something else; closing, and thousands of openings.

import Foundation
import WalkbookCore
import XCTest

final class KeyTests: XCTestCase {
    private struct Unheard: Error {
        let name = "a name, 040 555 0101"
    }

    func testAKeyStoreThatFailsOrGivesAWrongKeyIsToldAsWhatItIs() throws {
        let folder = freshFolder(self)
        try Walkbook.open(folder: folder, keyStore: Gives()).close()
        let told: [(Result<Data, any Error>, String)] = [
            (.failure(KeyStoreError.Locked), "Locked"),
            (.failure(KeyStoreError.Lost), "KeyLost"),
            (.failure(KeyStoreError.Failed), "KeyStoreFailed"),
            (.failure(Unheard()), "KeyStoreFailed"),
            (.success(Data(count: 32)), "KeyLost"),
            (.success(Data("short".utf8)), "KeyLost"),
            (.success(Data(count: 1_000_000)), "KeyLost"),
        ]
        for (given, wanted) in told {
            let error = try XCTUnwrap(errorOf { try Walkbook.open(folder: folder, keyStore: Gives(given)) })
            XCTAssertEqual(error.variant, wanted)
            XCTAssertFalse("\(error)".contains("040"))
        }
        try Walkbook.open(folder: folder, keyStore: Gives()).close()
    }

    func testASlowKeyStoreIsWaitedForAndHoldsUpNobodyElse() async throws {
        let folder = freshFolder(self)
        try Walkbook.open(folder: folder, keyStore: Gives()).close()
        let slow = Slow()
        let opening = Task.detached { try Walkbook.open(folder: folder, keyStore: slow).close() }
        await Task.detached { slow.asked.wait() }.value
        let other = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        XCTAssertEqual(try other.lists(), [])
        other.close()
        slow.goOn.signal()
        try await opening.value
    }

    func testASignerThatFailsOpensNothingAndSaysSo() {
        let error = errorOf { try Walkbook.open(folder: freshFolder(self), keyStore: Gives(), signer: Fails()) }
        guard case .KeyStoreFailed = error else { return XCTFail("\(String(describing: error))") }
    }

    func testWhatIsAskedAfterClosingIsRefused() throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        walkbook.close()
        walkbook.close()
        XCTAssertEqual(errorOf { try walkbook.lists() }, .Closed)
        XCTAssertEqual(errorOf { try walkbook.status() }, .Closed)
        XCTAssertEqual(errorOf { try walkbook.identity() }, .Closed)
        XCTAssertEqual(errorOf { try walkbook.clashes() }, .Closed)
    }

    func testWipingWaitsForTheClosingAndLeavesOtherFiles() throws {
        let folder = freshFolder(self)
        let walkbook = try Walkbook.open(folder: folder, keyStore: Gives())
        _ = FileManager.default.createFile(atPath: folder + "/settings.json", contents: Data("{}".utf8))
        XCTAssertEqual(errorOf { try wipeWalkbook(folder: folder, keyStore: Gives()) }, .InUse)
        walkbook.close()
        XCTAssertTrue(try wipeWalkbook(folder: folder, keyStore: Gives()).contains("key.wrapped"))
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder), ["settings.json"])
    }

    func testThousandsOfOpeningsLeaveNothingBehind() throws {
        let folder = freshFolder(self)
        func openAndClose(_ times: Int) throws {
            for _ in 0..<times { try Walkbook.open(folder: folder, keyStore: Gives()).close() }
        }
        try openAndClose(500)
        let before = try residentKiB()
        try openAndClose(2_000)
        let grown = try residentKiB() - before
        print("2000 openings: \(grown) KiB more")
        XCTAssertLessThan(grown, 8 * 1024, "4 KiB an opening would be a leak")
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        XCTAssertLessThan(files.count, 200, "files were left open")
    }

    private func residentKiB() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try XCTUnwrap(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") })
        return try XCTUnwrap(Int(line.filter(\.isNumber)))
    }
}
