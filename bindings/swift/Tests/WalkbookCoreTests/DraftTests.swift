// A script that is written on a phone, before a real server.

import WalkbookCore
import XCTest

final class DraftTests: XCTestCase {
    func testAScriptIsWrittenOfflineAndPublished() async throws {
        let walkbook = try Walkbook.open(folder: freshFolder(self), keyStore: Gives())
        defer { walkbook.close() }
        _ = try await walkbook.enrol(link: World.invitation("swift-drafts"))
        let start = try walkbook.changesSince(version: .max).version
        let script = try walkbook.startDraft(title: "Spring")
        XCTAssertEqual(try walkbook.changesSince(version: start).drafts, [script])
        let sign = try walkbook.addQuestion(script: script, name: "sign", text: "May we put up a sign?", kind: .yesNo)
        let size = try walkbook.addQuestion(
            script: script, name: "size", text: "How large?", kind: .scale(from: 1, to: 3), behind: sign)

        let tooEarly = DraftChange.setCondition(question: sign, when: .answered(question: size))
        _ = try walkbook.editDraft(script: script, change: tooEarly)
        XCTAssertEqual(try walkbook.draft(script: script).flaws.map(\.question), [sign], "it looks at a later one")
        XCTAssertEqual(errorOf { try walkbook.publishDraft(script: script) }?.variant, "Invalid")

        let when = Condition.not(condition: .anyOf(conditions: [.said(question: sign, yes: false)]))
        _ = try walkbook.editDraft(script: script, change: .setCondition(question: sign, when: nil))
        _ = try walkbook.editDraft(script: script, change: .setCondition(question: size, when: when))
        let written = try XCTUnwrap(walkbook.drafts().first)
        XCTAssertEqual(written.questions.map(\.question), [sign, size])
        XCTAssertEqual(written.questions.map(\.when), [nil, when])
        XCTAssertEqual(written.clashes, [])

        let version = try walkbook.publishDraft(script: script)
        let synced = try await walkbook.sync()
        XCTAssertEqual(synced.status.atRisk, 0)
        let published = try walkbook.draft(script: script)
        XCTAssertEqual(published.versions, [version])
        XCTAssertEqual(published.questions.map(\.number), [1, 2])
    }
}
