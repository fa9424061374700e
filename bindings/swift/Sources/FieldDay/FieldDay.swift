// A canvasser's day: enrol, download, knock without a network, sync over TLS, and see what happened.
//
// `FieldDay FOLDER INVITATION` lives it; `FieldDay FOLDER` only syncs. The last lines are the doors of the list and their states
// in hexadecimal: the same on every phone of the team.

import Foundation
import WalkbookCore

/// Asks the questions of the script one after the other, as its branches want it.
func answers(of walkbook: Walkbook, to script: ContentHash) throws -> Knock {
    let said: [UInt16: AnswerValue] = [
        1: .yesNo(said: true),
        2: .scale(step: 4),
        3: .single(code: 3),
        5: .yesNo(said: true),
        6: .integer(number: 1),
        7: .note(text: "the bell is broken"),
    ]
    var answers: [Answer] = []
    while let question = try walkbook.nextQuestion(script: script, answers: answers), let value = said[question.key] {
        answers.append(Answer(question: question.key, value: value))
    }
    return .answers(script: script, answers: answers)
}

/// A morning in the stairwell, first where somebody lives. There is no signal, and nobody waits for any.
func work(_ walkbook: Walkbook, on list: WalkList, at doors: [DoorRow]) throws {
    let inOrder = doors.filter { !$0.names.isEmpty } + doors.filter(\.names.isEmpty)
    let (first, second, third) = (inOrder[0].door, inOrder[1].door, inOrder[2].door)
    let who = try walkbook.door(door: first).contacts[0].id
    let knock = try list.script.map { try answers(of: walkbook, to: $0) } ?? .outcome(outcome: .canvassed)
    _ = try walkbook.recordKnock(
        door: first, interaction: Interaction(list: list.id, knock: knock, contact: who, note: "kind dog"))
    _ = try walkbook.editContact(door: first, contact: who, field: .phone, value: "+358 40 555 0103")
    let mistake = try walkbook.recordOutcome(door: second, list: list.id, outcome: .refused)
    _ = try walkbook.undo(door: second, knock: mistake)
    _ = try walkbook.suppress(door: third, target: .door, reason: .objection)
    for row in inOrder.dropFirst(3) {
        _ = try walkbook.recordOutcome(door: row.door, list: list.id, outcome: .notHome)
    }
}

@main
struct FieldDay {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.first else { return print("FieldDay FOLDER [INVITATION]") }
        let keys = DeskKeyStore(file: URL(fileURLWithPath: folder + ".keystore"))
        let walkbook = try Walkbook.open(folder: folder, keyStore: keys)
        defer { walkbook.close() }
        let invitation = arguments.dropFirst().first
        if let invitation {
            let identity = try await walkbook.enrol(link: invitation)
            print("enrolled as a \(identity.role)")
        }
        let downloaded = try await walkbook.sync()
        print("synced in \(downloaded.roundTrips) round trips: \(downloaded.receivedBytes) bytes came")
        guard let list = try walkbook.lists().first else { return print("there is no list") }
        if invitation != nil {
            try work(walkbook, on: list, at: Array(walkbook.walkList(list: list.id).prefix(12)))
            print("\(try walkbook.status().atRisk) entries are only on this phone")
            let synced = try await walkbook.sync()
            print("synced: \(synced.sentBytes) bytes went, \(synced.status.atRisk) entries are only on this phone")
        }
        let progress = try walkbook.progress(list: list.id)
        print("\(list.name): \(progress.attempted) of \(progress.doors) doors, \(progress.suppress) said no")
        for row in try walkbook.walkList(list: list.id) {
            let state = try walkbook.doorStateBytes(door: row.door)
            print("\(row.door) \(state.map { String(format: "%02x", $0) }.joined())")
        }
    }
}
