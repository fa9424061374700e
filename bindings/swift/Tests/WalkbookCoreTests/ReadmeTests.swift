// The first lines of the README work as they stand; `ci/swift.sh` makes `tenLines` of them.

import Foundation
import WalkbookCore
import XCTest

final class ReadmeTests: XCTestCase {
    func testTheFirstLinesOfTheReadmeLiveADay() async throws {
        let folder = freshFolder(self)
        let keys = URL(fileURLWithPath: folder + ".keys")
        try await tenLines(folder: folder, keys: keys, invitation: World.invitation("swift-readme"))
        let walkbook = try Walkbook.open(folder: folder, keyStore: DeskKeyStore(file: keys))
        defer { walkbook.close() }
        XCTAssertEqual(try walkbook.status().atRisk, 0)
        XCTAssertEqual(try walkbook.progress(list: walkbook.lists()[0].id).left, 0)
    }
}
