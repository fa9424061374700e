// A phone with its list.

import Foundation
import WalkbookCore
import XCTest

final class PhoneTests: XCTestCase {
    func testHostileTextsComeBackAsTheyWent() async throws {
        let phone = try await Phone.withList()
        let hostile = [
            "🏳️‍🌈👩‍👩‍👧‍👧", "\u{202e}right to left \u{5d0}\u{5d1}", "a\0b", "'; DROP TABLE door_row; --", "e\u{301}\u{301}",
            "\u{feff}\u{200b}",
        ]
        for text in hostile {
            let entry = try phone.knock(5, note: text)
            let visit = try phone.walkbook.door(door: phone.doors[5]).visits.first { $0.entry == entry }
            XCTAssertEqual(visit?.counts?.note?.unicodeScalars.map(\.value), text.unicodeScalars.map(\.value))
            XCTAssertNoThrow(try phone.walkbook.search(typed: text))
        }
    }

    func testATextOfAMegabyteIsRefusedAndChangesNothing() async throws {
        let phone = try await Phone.withList()
        let before = try phone.walkbook.status()
        let error = errorOf { try phone.knock(6, note: String(repeating: "x", count: 1_000_000)) }
        guard case .Invalid(let field, _) = error else { return XCTFail("\(String(describing: error))") }
        XCTAssertEqual(field, "interaction.note")
        XCTAssertEqual(try phone.walkbook.status(), before)
        XCTAssertEqual(try phone.walkbook.search(typed: String(repeating: "y", count: 1_000_000)), [])
    }

    func testAFolderThatCannotBeIsToldAsWhatItIs() {
        for folder in ["a\0b", String(repeating: "x", count: 1_000_000), "/proc/no/such/folder"] {
            XCTAssertEqual(errorOf { try Walkbook.open(folder: folder, keyStore: Gives()) }?.variant, "Unreachable")
        }
    }

    func testIdsOfAnotherKindAndUnknownOnesAreToldApart() async throws {
        let phone = try await Phone.withList()
        let wrong = errorOf { try phone.walkbook.door(door: DoorId(rawValue: phone.list.rawValue)) }
        guard case .Invalid("door", _) = wrong else { return XCTFail("\(String(describing: wrong))") }
        let unknown = DoorId(rawValue: "door_" + String(repeating: "0", count: 26))
        XCTAssertEqual(errorOf { try phone.walkbook.door(door: unknown) }, .NotHere(what: "door"))
        let nowhere = errorOf { try phone.walkbook.nearestDoors(position: Degrees(lat: 91, lon: 0)) }
        XCTAssertEqual(nowhere?.variant, "Invalid")
    }

    func testAnAnswerThatDoesNotFitNamesItsQuestion() async throws {
        let phone = try await Phone.withList()
        let script = try XCTUnwrap(phone.walkbook.scriptOf(list: phone.list))
        let knock = Knock.answers(script: script.hash, answers: [Answer(question: 1, value: .integer(number: 3))])
        let interaction = Interaction(list: phone.list, knock: knock)
        let error = errorOf { try phone.walkbook.recordKnock(door: phone.doors[0], interaction: interaction) }
        guard case .AnswerRefused(1, _) = error else { return XCTFail("\(String(describing: error))") }
    }

    func testAKnockTakesOneOfTheTenantsOwnCodes() async throws {
        let phone = try await Phone.withList()
        XCTAssertEqual(try phone.walkbook.settings().outcomeCodes, ["NH": .notHome, "LIT": .leftLiterature])
        let knock = Knock.outcome(outcome: .leftLiterature, code: "LIT")
        let interaction = Interaction(list: phone.list, knock: knock)
        let entry = try phone.walkbook.recordKnock(door: phone.doors[10], interaction: interaction)
        let visit = try phone.walkbook.door(door: phone.doors[10]).visits.first { $0.entry == entry }
        XCTAssertEqual(visit?.counts?.knock, knock)
        let unfit = Interaction(list: phone.list, knock: .outcome(outcome: .refused, code: "LIT"))
        let error = errorOf { try phone.walkbook.recordKnock(door: phone.doors[10], interaction: unfit) }
        XCTAssertEqual(error?.variant, "Invalid")
    }

    func testTheMapUnderTheDoorsIsThereWithoutANetwork() async throws {
        let phone = try await Phone.withList()
        let shown = try XCTUnwrap(phone.walkbook.baseMap())
        XCTAssertEqual([shown.minZoom, shown.maxZoom], [12, 15])
        XCTAssertEqual(shown.attribution, "© Nobody")
        XCTAssertTrue(shown.tiles > 0 && shown.tilesHere == shown.tiles)
        let place = try XCTUnwrap(phone.walkbook.walkList(list: phone.list).first?.position)
        XCTAssertTrue((shown.bounds.southWest.lat...shown.bounds.northEast.lat).contains(place.lat))
        let side = Double(1 << 15)
        let column = UInt32((place.lon + 180) / 360 * side)
        let row = UInt32((0.5 - asinh(tan(place.lat * .pi / 180)) / (2 * .pi)) * side)
        // A tile begins with its layer; this one's is called as the tile lies.
        let tile = try XCTUnwrap(phone.walkbook.mapTile(zoom: 15, column: column, row: row))
        XCTAssertNotNil(tile.range(of: Data("15/\(column)/\(row)".utf8)))
        XCTAssertNil(try phone.walkbook.mapTile(zoom: 15, column: column + 1_000, row: row))
    }

    func testDoorsAndContactsCanBeAddedAndFound() async throws {
        let (phone, there) = (try await Phone.withList(), Degrees(lat: 62, lon: 25))
        let walkbook = phone.walkbook
        let door = try walkbook.addDoor(
            list: phone.list, address: Address(number: "1", street: "Hinterhof"), position: there, behind: phone.doors[0])
        XCTAssertEqual(try walkbook.walkList(list: phone.list)[1].door, door)
        let details = ContactDetails(givenName: "Élodie", custom: ["dog": "Rex"])
        let contact = try walkbook.addContact(door: door, details: details)
        _ = try walkbook.editContact(door: door, contact: contact, field: .familyName, value: "Müller")
        let who = try XCTUnwrap(walkbook.door(door: door).contacts.first)
        XCTAssertEqual(who.name, "Élodie Müller")
        XCTAssertEqual(who.details.custom, ["dog": "Rex"])
        XCTAssertEqual(try walkbook.search(typed: "elodie mul").map(\.door), [door])
        XCTAssertEqual(try walkbook.nearestDoors(position: there, limit: 1).first?.row.door, door)
    }

    func testManyTasksLoseNoKnock() async throws {
        let phone = try await Phone.withList()
        let entries = try await withThrowingTaskGroup(of: [EntryId].self) { group in
            for _ in 0..<8 {
                group.addTask { try (0..<25).map { _ in try phone.knock(7) } }
            }
            return try await group.reduce(into: Set<EntryId>()) { $0.formUnion($1) }
        }
        XCTAssertEqual(entries.count, 200)
        XCTAssertTrue(entries.isSubset(of: try phone.walkbook.door(door: phone.doors[7]).visits.map(\.entry)))
    }

    func testARescueFileIsReadWithItsCodeOnly() async throws {
        let phone = try await Phone.withList()
        let walkbook = phone.walkbook
        _ = try await walkbook.sync()
        try phone.knock(9)
        let path = freshFolder(self)
        let code = try walkbook.writeRescueFile(path: path)
        XCTAssertTrue(try walkbook.status().mayBeWiped)
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        let contents = try readRescueFile(file: file, code: code)
        XCTAssertEqual(contents.device, try walkbook.identity()?.device)
        XCTAssertEqual(contents.entries, 1)
        for wrong in ["nonsense", ""] {
            XCTAssertEqual(errorOf { try readRescueFile(file: file, code: wrong) }, .RescueFile(why: .noCode))
        }
        let noFile = errorOf { try readRescueFile(file: Data(count: 1_000_000), code: code) }
        XCTAssertEqual(noFile, .RescueFile(why: .notRescue))
        XCTAssertEqual(errorOf { try walkbook.writeRescueFile(path: path) }?.variant, "Unreachable")
        _ = try await walkbook.sync()
    }
}
