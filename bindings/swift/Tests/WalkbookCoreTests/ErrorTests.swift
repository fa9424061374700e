// Every error reaches Swift as what it is, and a panic does not end the process.

import Foundation
import WalkbookCore
import XCTest

final class ErrorTests: XCTestCase {
    func testEveryErrorOfTheDiskIsSeen() throws {
        let seen = (0..<trialWalkbookErrors()).compactMap { number in
            errorOf { try trialWalkbookError(number: number) }?.variant
        }
        XCTAssertEqual(Set(seen), try variants("WalkbookError"))
    }

    func testEveryErrorOfTheNetworkIsSeen() async throws {
        var seen: Set<String> = []
        var ofThePhone: Set<String> = []
        for number in 0..<trialSyncErrors() {
            do {
                try await trialSyncError(number: number)
                XCTFail("no error \(number)")
            } catch let error as SyncError {
                seen.insert(error.variant)
                if case .Phone(let error) = error { ofThePhone.insert(error.variant) }
            }
        }
        XCTAssertEqual(seen, try variants("SyncError"))
        XCTAssertEqual(ofThePhone, try variants("WalkbookError"))
    }

    func testWhatAnErrorCarriesArrivesWithIt() async throws {
        let told = (0..<trialWalkbookErrors()).compactMap { number in errorOf { try trialWalkbookError(number: number) } }
        XCTAssertTrue(told.contains(.Invalid(field: "contact.phone", problem: "is no number")))
        XCTAssertTrue(told.contains(.AnswerRefused(question: 3, problem: "is hidden")))
        XCTAssertTrue(told.contains(.RescueFile(why: .wrongCode)))
    }

    func testAPanicIsAnErrorAndTheLibraryGoesOn() async {
        XCTAssertThrowsError(try trialPanic()) { XCTAssertNil($0 as? WalkbookError) }
        do {
            try await trialPanicInAFuture()
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertNil(error as? WalkbookError)
        }
        XCTAssertGreaterThan(trialWalkbookErrors(), 0)
    }

    /// The cases of an error, as they stand in what is generated: Swift does not list those that carry something.
    private func variants(_ error: String) throws -> Set<String> {
        // The tests run in the package's folder.
        let generated = try String(contentsOfFile: "Sources/WalkbookCore/WalkbookCore.swift", encoding: .utf8)
        let lines = generated.components(separatedBy: "\n")
        let start = try XCTUnwrap(lines.firstIndex { $0.hasPrefix("enum \(error):") }, "there is no \(error)")
        let declared = lines[start...].prefix { !$0.hasPrefix("}") }
        return Set(declared.filter { $0.hasPrefix("    case ") }.map { line in
            String(line.dropFirst("    case ".count).prefix(while: \.isLetter))
        })
    }
}
