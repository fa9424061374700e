// What calls cost in Swift: does what `bindings/examples/bench.rs` does.

import Foundation
import WalkbookCore

private let knocks = 2_000
private let listings = 200

final class Plain: KeyStore {
    func wrap(key: Data) throws -> Data { key }

    func unwrap(wrapped: Data) throws -> Data { wrapped }
}

func medianUs(_ times: Int, _ call: (Int) throws -> Void) rethrows -> Double {
    let spent = try (0..<times).map { turn in
        let begun = nanoseconds()
        try call(turn)
        return nanoseconds() - begun
    }
    return Double(spent.sorted()[times / 2]) / 1e3
}

func residentMib() throws -> Double {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
    return (Double(line.filter(\.isNumber)) ?? 0) / 1024
}

func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

func enrol(_ folder: String, _ link: String) async throws {
    let walkbook = try Walkbook.open(folder: folder, keyStore: Plain())
    _ = try await walkbook.enrol(link: link)
    _ = try await walkbook.sync(budgetMs: 300_000)
    walkbook.close()
}

func cold(_ folder: String) throws {
    let begun = nanoseconds()
    let walkbook = try Walkbook.open(folder: folder, keyStore: Plain())
    let lists = try walkbook.lists()
    let first = try walkbook.walkList(list: lists[0].id)
    let now = nanoseconds()
    let started = UInt64(ProcessInfo.processInfo.environment["STARTED"] ?? "") ?? now
    print("start_ms \(Double(now - started) / 1e6)")
    print("open_ms \(Double(now - begun) / 1e6)")
    print("doors \(try lists.reduce(0) { try $0 + walkbook.walkList(list: $1.id).count })")
    print("listed \(first.count)")
    print("resident_mib \(try residentMib())")
}

func calls(_ folder: String) throws {
    let walkbook = try Walkbook.open(folder: folder, keyStore: Plain())
    let list = try walkbook.lists()[0].id
    let doors = try walkbook.walkList(list: list).map(\.door)
    let knock = try medianUs(knocks) { turn in
        _ = try walkbook.recordOutcome(door: doors[turn % doors.count], list: list, outcome: .notHome)
    }
    print("knock_us \(knock)")
    print("list_us \(try medianUs(listings) { _ in _ = try walkbook.walkList(list: list) })")
    print("least_us \(try medianUs(knocks) { _ in _ = try walkbook.changesSince(version: .max) })")
}

@main
struct Bench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments[1] {
        case "enrol": try await enrol(arguments[2], arguments[3])
        case "cold": try cold(arguments[2])
        default: try calls(arguments[2])
        }
    }
}
