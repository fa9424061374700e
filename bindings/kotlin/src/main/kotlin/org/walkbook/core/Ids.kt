// Ids: their short text form, each kind a type of its own, so that a list's cannot be passed where a door's is meant.
package org.walkbook.core

/** A door: `door_…`. */
@JvmInline value class DoorId(val text: String) { override fun toString() = text }

/** A contact. */
@JvmInline value class ContactId(val text: String) { override fun toString() = text }

/** A walk list: `list_…`. */
@JvmInline value class WalkListId(val text: String) { override fun toString() = text }

/** An entry: its device's id, `#` and its number. */
@JvmInline value class EntryId(val text: String) { override fun toString() = text }

/** A user. */
@JvmInline value class UserId(val text: String) { override fun toString() = text }

/** A device. */
@JvmInline value class DeviceId(val text: String) { override fun toString() = text }

/** A tenant. */
@JvmInline value class TenantId(val text: String) { override fun toString() = text }

/** An effort. */
@JvmInline value class EffortId(val text: String) { override fun toString() = text }

/** A script, whatever its version. */
@JvmInline value class ScriptId(val text: String) { override fun toString() = text }

/** A version of a script: 64 hexadecimal digits. */
@JvmInline value class ContentHash(val text: String) { override fun toString() = text }
