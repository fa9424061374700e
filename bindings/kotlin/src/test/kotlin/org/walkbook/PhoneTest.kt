// A phone with its list, before a real server.
package org.walkbook

import java.util.concurrent.ConcurrentHashMap
import kotlin.concurrent.thread
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.TestInstance
import org.walkbook.android.AndroidSigner
import org.walkbook.android.TrialKeystore
import org.walkbook.core.CancelToken
import org.walkbook.core.DoorId
import org.walkbook.core.Ended
import org.walkbook.core.Interaction
import org.walkbook.core.Knock
import org.walkbook.core.Outcome
import org.walkbook.core.SyncException
import org.walkbook.core.WalkbookException

/** One phone for all of it, with a signer of the app's own: an invitation lets one phone in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PhoneTest {
    private val folder = createTempDirectory().toFile()
    private lateinit var walkbook: Walkbook

    @BeforeAll
    fun enrol(): Unit = runBlocking {
        TrialKeystore.install()
        walkbook = Walkbook.open(folder, Gives(), AndroidSigner("tests"))
        walkbook.enrol(World.invitation("kotlin-tests"))
        walkbook.sync()
    }

    @AfterAll
    fun close() {
        walkbook.close()
        folder.deleteRecursively()
    }

    private val list get() = walkbook.lists().single().id

    private fun door(place: Int) = walkbook.walkList(list)[place].door

    @Test
    fun `hostile texts come back as they went`() {
        val hostile = listOf("🏳️‍🌈👩‍👩‍👧‍👧", "\u202eright to left \u05d0\u05d1", "a\u0000b", "'; DROP TABLE door_row; --", "e\u0301\u0301")
        for (text in hostile) {
            val entry = walkbook.recordOutcome(door(5), list, Outcome.NOT_HOME, note = text)
            assertEquals(text, walkbook.door(door(5)).visits.first { it.entry == entry }.counts?.note)
            walkbook.search(text)
        }
    }

    @Test
    fun `a text of a megabyte is refused and changes nothing`() {
        val before = walkbook.status()
        val error = assertFailsWith<WalkbookException.Invalid> {
            walkbook.recordOutcome(door(6), list, Outcome.NOT_HOME, note = "x".repeat(1_000_000))
        }
        assertEquals("interaction.note", error.field)
        assertEquals(before, walkbook.status())
    }

    @Test
    fun `a text that is no unicode is refused by the language`() {
        val before = walkbook.status()
        assertFailsWith<CharacterCodingException> {
            walkbook.recordOutcome(door(6), list, Outcome.NOT_HOME, note = "half an emoji: \ud83d")
        }
        assertEquals(before, walkbook.status())
    }

    @Test
    fun `a knock takes one of the tenant's own codes`() {
        val codes = walkbook.settings().outcomeCodes
        assertEquals(mapOf("NH" to Outcome.NOT_HOME, "LIT" to Outcome.LEFT_LITERATURE), codes)
        val knock = Knock.Outcome(Outcome.LEFT_LITERATURE, code = "LIT")
        val entry = walkbook.recordKnock(door(10), Interaction(list, knock))
        assertEquals(knock, walkbook.door(door(10)).visits.first { it.entry == entry }.counts?.knock)
    }

    @Test
    fun `ids are held against their kind`() {
        assertEquals("door", assertFailsWith<WalkbookException.Invalid> { walkbook.door(DoorId(list.text)) }.field)
        val unknown = DoorId("door_" + "0".repeat(26))
        assertEquals("door", assertFailsWith<WalkbookException.NotHere> { walkbook.door(unknown) }.what)
    }

    @Test
    fun `many threads lose no knock`() {
        val entries = ConcurrentHashMap.newKeySet<String>()
        val threads = List(8) {
            thread { repeat(25) { entries += walkbook.recordOutcome(door(7), list, Outcome.NOT_HOME).text } }
        }
        threads.forEach { it.join() }
        assertEquals(200, entries.size)
        assertTrue(walkbook.door(door(7)).visits.map { it.entry.text }.containsAll(entries))
    }

    @Test
    fun `changes are told and end with the walkbook`(): Unit = runBlocking {
        val told = async(Dispatchers.IO) { walkbook.changes.first { door(8) in it.doors } }
        // As often as it takes until the collector listens.
        while (!told.isCompleted) {
            walkbook.recordOutcome(door(8), list, Outcome.NOT_HOME)
            delay(10)
        }
        val other = Walkbook.open(createTempDirectory().toFile(), Gives())
        val ended = supervisorScope {
            val all = async(Dispatchers.IO) { other.changes.toList() }
            delay(50)
            other.close()
            runCatching { all.await() }
        }
        // Nothing was told; or the collector came only after the closing, and was told of that.
        assertTrue(ended.fold({ it.isEmpty() }, { it is WalkbookException.Closed }))
    }

    @Test
    fun `a budget that runs out loses nothing and the next sync goes on`(): Unit = runBlocking {
        walkbook.recordOutcome(door(9), list, Outcome.NOT_HOME)
        val before = walkbook.status().atRisk
        val cut = walkbook.sync(budgetMs = 0uL)
        assertEquals(Ended.OUT_OF_TIME to before, cut.ended to cut.status.atRisk)
        val done = walkbook.sync()
        assertEquals(Ended.COMPLETE to 0uL, done.ended to done.status.atRisk)
    }

    @Test
    fun `a budget that runs out in the middle loses nothing`(): Unit = runBlocking {
        walkbook.recordOutcome(door(9), list, Outcome.NOT_HOME)
        World.withStandingWire {
            val cut = walkbook.sync(budgetMs = 500uL)
            assertEquals(Ended.OUT_OF_TIME, cut.ended)
            assertTrue(cut.status.atRisk > 0uL)
        }
        assertEquals(0uL, walkbook.sync().status.atRisk)
    }

    @Test
    fun `what is called off in the middle loses nothing`(): Unit = runBlocking {
        walkbook.recordOutcome(door(9), list, Outcome.NOT_HOME)
        World.withStandingWire {
            val token = CancelToken()
            val syncing = async(Dispatchers.IO) { walkbook.sync(cancel = token) }
            World.untilHeld()
            token.cancel()
            assertEquals(Ended.CANCELLED, syncing.await().ended)
        }
        World.withStandingWire {
            supervisorScope {
                val syncing = async(Dispatchers.IO) { walkbook.sync() }
                World.untilHeld()
                syncing.cancel()
                assertFailsWith<CancellationException> { syncing.await() }
            }
        }
        assertTrue(walkbook.status().atRisk > 0uL)
        assertEquals(0uL, walkbook.sync().status.atRisk)
    }

    @Test
    fun `closing ends an enrolment under way`(): Unit = runBlocking {
        val other = Walkbook.open(createTempDirectory().toFile(), Gives())
        World.withStandingWire {
            supervisorScope {
                val enrolling = async(Dispatchers.IO) { other.enrol(World.invitation("kotlin-unfinished")) }
                World.untilHeld()
                other.close()
                assertTrue(assertFailsWith<SyncException.Phone> { enrolling.await() }.error is WalkbookException.Closed)
            }
        }
    }
}
