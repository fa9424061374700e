// A phone with its list.
package org.walkbook

import java.io.File
import java.util.concurrent.ConcurrentHashMap
import kotlin.concurrent.thread
import kotlin.io.path.createTempDirectory
import kotlin.math.PI
import kotlin.math.asinh
import kotlin.math.tan
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.walkbook.core.Address
import org.walkbook.core.Answer
import org.walkbook.core.AnswerValue
import org.walkbook.core.ContactDetails
import org.walkbook.core.ContactField
import org.walkbook.core.Degrees
import org.walkbook.core.DoorId
import org.walkbook.core.Interaction
import org.walkbook.core.Knock
import org.walkbook.core.Outcome
import org.walkbook.core.RescueRefused
import org.walkbook.core.WalkbookException
import org.walkbook.core.readRescueFile

class PhoneTest {
    @Test
    fun `hostile texts come back as they went`() {
        val hostile = listOf("🏳️‍🌈👩‍👩‍👧‍👧", "\u202eright to left \u05d0\u05d1", "a\u0000b", "'; DROP TABLE door_row; --", "e\u0301\u0301")
        for (text in hostile) {
            val entry = Phone.walkbook.recordOutcome(Phone.door(5), Phone.list, Outcome.NOT_HOME, note = text)
            assertEquals(text, Phone.walkbook.door(Phone.door(5)).visits.first { it.entry == entry }.counts?.note)
            Phone.walkbook.search(text)
        }
    }

    @Test
    fun `a text of a megabyte is refused and changes nothing`() {
        val before = Phone.walkbook.status()
        val error = assertFailsWith<WalkbookException.Invalid> {
            Phone.walkbook.recordOutcome(Phone.door(6), Phone.list, Outcome.NOT_HOME, note = "x".repeat(1_000_000))
        }
        assertEquals("interaction.note", error.field)
        assertEquals(before, Phone.walkbook.status())
    }

    @Test
    fun `a text that is no unicode is refused by the language`() {
        val before = Phone.walkbook.status()
        assertFailsWith<CharacterCodingException> {
            Phone.walkbook.recordOutcome(Phone.door(6), Phone.list, Outcome.NOT_HOME, note = "half an emoji: \ud83d")
        }
        assertEquals(before, Phone.walkbook.status())
    }

    @Test
    fun `a knock takes one of the tenant's own codes`() {
        val codes = Phone.walkbook.settings().outcomeCodes
        assertEquals(mapOf("NH" to Outcome.NOT_HOME, "LIT" to Outcome.LEFT_LITERATURE), codes)
        val knock = Knock.Outcome(Outcome.LEFT_LITERATURE, code = "LIT")
        val entry = Phone.walkbook.recordKnock(Phone.door(10), Interaction(Phone.list, knock))
        assertEquals(knock, Phone.walkbook.door(Phone.door(10)).visits.first { it.entry == entry }.counts?.knock)
    }

    @Test
    fun `ids are held against their kind`() {
        assertEquals("door", assertFailsWith<WalkbookException.Invalid> { Phone.walkbook.door(DoorId(Phone.list.text)) }.field)
        val unknown = DoorId("door_" + "0".repeat(26))
        assertEquals("door", assertFailsWith<WalkbookException.NotHere> { Phone.walkbook.door(unknown) }.what)
    }

    @Test
    fun `many threads lose no knock`() {
        val entries = ConcurrentHashMap.newKeySet<String>()
        val threads = List(8) {
            thread { repeat(25) { entries += Phone.walkbook.recordOutcome(Phone.door(7), Phone.list, Outcome.NOT_HOME).text } }
        }
        threads.forEach { it.join() }
        assertEquals(200, entries.size)
        assertTrue(Phone.walkbook.door(Phone.door(7)).visits.map { it.entry.text }.containsAll(entries))
    }

    @Test
    fun `a folder that cannot be is told as what it is`() {
        for (folder in listOf("a\u0000b", "x".repeat(1_000_000), "/proc/no/such/folder")) {
            assertFailsWith<WalkbookException.Unreachable> { Walkbook.open(File(folder), Gives()) }
        }
    }

    @Test
    fun `an answer that does not fit names its question`() {
        val script = assertNotNull(Phone.walkbook.scriptOf(Phone.list))
        val knock = Knock.Answers(script.hash, listOf(Answer(1u, AnswerValue.Integer(3))))
        val error = assertFailsWith<WalkbookException.AnswerRefused> {
            Phone.walkbook.recordKnock(Phone.door(0), Interaction(Phone.list, knock))
        }
        assertEquals<UShort>(1u, error.question)
    }

    @Test
    fun `doors and contacts can be added and found`() {
        val walkbook = Phone.walkbook
        val there = Degrees(61.0, 25.0)
        val door = walkbook.addDoor(Phone.list, Address(street = "Hinterhof", number = "1"), there, Phone.door(0))
        assertEquals(door, Phone.door(1))
        val contact = walkbook.addContact(door, ContactDetails(givenName = "Björn", custom = mapOf("dog" to "Rex")))
        walkbook.editContact(door, contact, ContactField.FamilyName, "Öhman")
        val who = walkbook.door(door).contacts.single()
        assertEquals("Björn Öhman" to mapOf("dog" to "Rex"), who.name to who.details.custom)
        assertEquals(listOf(door), walkbook.search("bjorn ohm").map { it.door })
        assertEquals(door, walkbook.nearestDoors(there, limit = 1u).single().row.door)
    }

    @Test
    fun `the map under the doors is there without a network`() {
        val shown = assertNotNull(Phone.walkbook.baseMap())
        assertEquals(Triple<UByte, UByte, String>(12u, 15u, "© Nobody"), Triple(shown.minZoom, shown.maxZoom, shown.attribution))
        assertTrue(shown.tiles > 0uL && shown.tilesHere == shown.tiles)
        val place = assertNotNull(Phone.walkbook.walkList(Phone.list).first().position)
        assertTrue(place.lat in shown.bounds.southWest.lat..shown.bounds.northEast.lat)
        val side = 1 shl 15
        val column = ((place.lon + 180) / 360 * side).toInt()
        val row = ((0.5 - asinh(tan(Math.toRadians(place.lat))) / (2 * PI)) * side).toInt()
        // A tile begins with its layer; this one's is called as the tile lies.
        val tile = assertNotNull(Phone.walkbook.mapTile(15u, column.toUInt(), row.toUInt()))
        assertTrue("15/$column/$row" in String(tile, Charsets.ISO_8859_1))
        assertNull(Phone.walkbook.mapTile(15u, (column + 1_000).toUInt(), row.toUInt()))
    }

    @Test
    fun `a rescue file is read with its code only`(): Unit = runBlocking {
        val walkbook = Phone.walkbook
        walkbook.sync()
        walkbook.recordOutcome(Phone.door(9), Phone.list, Outcome.NOT_HOME)
        val folder = createTempDirectory().toFile()
        val file = File(folder, "rescue")
        val code = walkbook.writeRescueFile(file.path)
        assertTrue(walkbook.status().mayBeWiped)
        val contents = readRescueFile(file.readBytes(), code)
        assertEquals(walkbook.identity()?.device to 1uL, contents.device to contents.entries)
        for (wrong in listOf("nonsense", "")) {
            val told = assertFailsWith<WalkbookException.RescueFile> { readRescueFile(file.readBytes(), wrong) }
            assertEquals(RescueRefused.NO_CODE, told.why)
        }
        val told = assertFailsWith<WalkbookException.RescueFile> { readRescueFile(ByteArray(1_000_000), code) }
        assertEquals(RescueRefused.NOT_RESCUE, told.why)
        assertFailsWith<WalkbookException.Unreachable> { walkbook.writeRescueFile(file.path) }
        walkbook.sync()
        folder.deleteRecursively()
    }
}
