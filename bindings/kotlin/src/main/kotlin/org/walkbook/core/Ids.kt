// Ids: their short text form, each kind a type of its own, so that a list's cannot be passed where a door's is meant.
package org.walkbook.core

/** A door: `door_…`. */
@JvmInline value class DoorId(/** Its text. */ val text: String) { override fun toString() = text }

/** A contact. */
@JvmInline value class ContactId(/** Its text. */ val text: String) { override fun toString() = text }

/** A walk list: `list_…`. */
@JvmInline value class WalkListId(/** Its text. */ val text: String) { override fun toString() = text }

/** An entry: its device's id, `#` and its number. */
@JvmInline value class EntryId(/** Its text. */ val text: String) { override fun toString() = text }

/** A user. */
@JvmInline value class UserId(/** Its text. */ val text: String) { override fun toString() = text }

/** A device. */
@JvmInline value class DeviceId(/** Its text. */ val text: String) { override fun toString() = text }

/** A tenant. */
@JvmInline value class TenantId(/** Its text. */ val text: String) { override fun toString() = text }

/** An effort. */
@JvmInline value class EffortId(/** Its text. */ val text: String) { override fun toString() = text }

/** A script, whatever its version. */
@JvmInline value class ScriptId(/** Its text. */ val text: String) { override fun toString() = text }

/** A question of a script's draft. */
@JvmInline value class QuestionId(/** Its text. */ val text: String) { override fun toString() = text }

/** A version of a script: 64 hexadecimal digits. */
@JvmInline value class ContentHash(/** Its text. */ val text: String) { override fun toString() = text }
