// Ids: their short text form, each kind a type of its own, so that a list's cannot be passed where a door's is meant.

/// An id: a text that can be kept, sent and compared as it is.
public protocol TextId: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible
where RawValue == String {
    /// The id with this text. Whether it is of its kind shows at the first call that takes it.
    init(rawValue: String)
}

extension TextId {
    public var description: String { rawValue }

    public static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// A door: `door_…`.
public struct DoorId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A contact.
public struct ContactId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A walk list: `list_…`.
public struct WalkListId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An entry: its device's id, `#` and its number.
public struct EntryId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A user.
public struct UserId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A device.
public struct DeviceId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A tenant.
public struct TenantId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An effort.
public struct EffortId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A script, whatever its version.
public struct ScriptId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A question of a script's draft.
public struct QuestionId: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A version of a script: 64 hexadecimal digits.
public struct ContentHash: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A day, without a time or a zone: `2026-11-24`.
public struct Day: TextId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
