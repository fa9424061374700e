// Every error reaches Swift as what it is, and a panic does not end the process.

import WalkbookCore
import XCTest

final class ErrorTests: XCTestCase {
    func testEveryErrorOfTheDiskIsSeen() {
        var seen: Set<String> = []
        for number in 0..<trialWalkbookErrors() {
            XCTAssertThrowsError(try trialWalkbookError(number: number)) { error in
                guard let error = error as? WalkbookError else { return XCTFail("\(error)") }
                seen.insert(said(error))
            }
        }
        XCTAssertEqual(seen.count, 19)
    }

    func testEveryErrorOfTheNetworkIsSeen() async {
        var seen: Set<String> = []
        for number in 0..<trialSyncErrors() {
            do {
                try await trialSyncError(number: number)
                XCTFail("no error \(number)")
            } catch {
                guard let error = error as? SyncError else { return XCTFail("\(error)") }
                seen.insert(said(error))
            }
        }
        XCTAssertEqual(seen.count, 10 + 19, "ten of the network, and the phone's own")
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

    /// Without a default: a variant that Swift does not have does not compile.
    private func said(_ error: WalkbookError) -> String {
        switch error {
        case .NotEnrolled: "not enrolled"
        case .AlreadyEnrolled: "already enrolled"
        case .Closed: "closed"
        case .NotHere(let what): "not here: \(what)"
        case .Invalid(let field, let problem): "\(field) \(problem)"
        case .AnswerRefused(let question, let problem): "\(question): \(problem)"
        case .AtRisk(let entries): "\(entries) at risk"
        case .Unreadable(let logs): "\(logs) unreadable"
        case .KeyIsThere: "key is there"
        case .FormerDevice: "former device"
        case .Locked: "locked"
        case .KeyStoreFailed(let problem): "keys: \(problem)"
        case .KeyLost(let problem): "key: \(problem)"
        case .NoRoom: "no room"
        case .Damaged(let file): "damaged \(file)"
        case .NewerVersion: "newer"
        case .InUse: "in use"
        case .Wiped: "wiped"
        case .Unreachable(let problem): "system: \(problem)"
        case .LogShort: "log short"
        case .RescueFile(let why): "rescue: \(why)"
        case .Defect(let problem): "defect: \(problem)"
        }
    }

    private func said(_ error: SyncError) -> String {
        switch error {
        case .NoConnection: "no connection"
        case .NotTrusted: "not trusted"
        case .Invitation: "invitation"
        case .Elsewhere: "elsewhere"
        case .ShutOut: "shut out"
        case .UnknownDevice: "unknown device"
        case .EnrolAnew: "enrol anew"
        case .Busy(let retryAfter): "busy \(retryAfter)"
        case .NotUnderstood: "not understood"
        case .ServerFailed(let status): "failed \(status)"
        case .Interrupted: "interrupted"
        case .Phone(let error): "phone: \(said(error))"
        }
    }
}
