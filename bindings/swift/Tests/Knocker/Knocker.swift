// Knocks by several threads until it is killed, and says each entry once the phone has acknowledged it: `Knocker FOLDER`.

import Foundation
import WalkbookCore

@main
struct Knocker {
    static func main() throws {
        let folder = CommandLine.arguments[1]
        let keys = DeskKeyStore(file: URL(fileURLWithPath: folder + ".keystore"))
        let walkbook = try Walkbook.open(folder: folder, keyStore: keys)
        let list = try walkbook.lists()[0].id
        let door = try walkbook.walkList(list: list)[0].door
        DispatchQueue.concurrentPerform(iterations: 3) { _ in
            while let entry = try? walkbook.recordOutcome(door: door, list: list, outcome: .notHome) {
                FileHandle.standardOutput.write(Data("\(entry)\n".utf8))
            }
        }
    }
}
