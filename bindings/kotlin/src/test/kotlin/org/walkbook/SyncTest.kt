// A phone and the network: budgets that run out, and being called off in the middle.
package org.walkbook

import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope
import org.walkbook.core.CancelToken
import org.walkbook.core.Ended
import org.walkbook.core.Outcome
import org.walkbook.core.SyncException
import org.walkbook.core.WalkbookException

class SyncTest {
    @Test
    fun `a budget that runs out loses nothing and the next sync goes on`(): Unit = runBlocking {
        Phone.walkbook.recordOutcome(Phone.door(9), Phone.list, Outcome.NOT_HOME)
        val before = Phone.walkbook.status().atRisk
        val cut = Phone.walkbook.sync(budgetMs = 0uL)
        assertEquals(Ended.OUT_OF_TIME to before, cut.ended to cut.status.atRisk)
        val done = Phone.walkbook.sync()
        assertEquals(Ended.COMPLETE to 0uL, done.ended to done.status.atRisk)
    }

    @Test
    fun `a budget that runs out in the middle loses nothing`(): Unit = runBlocking {
        Phone.walkbook.recordOutcome(Phone.door(9), Phone.list, Outcome.NOT_HOME)
        World.withStandingWire {
            val cut = Phone.walkbook.sync(budgetMs = 500uL)
            assertEquals(Ended.OUT_OF_TIME, cut.ended)
            assertTrue(cut.status.atRisk > 0uL)
        }
        assertEquals(0uL, Phone.walkbook.sync().status.atRisk)
    }

    @Test
    fun `what is called off in the middle loses nothing`(): Unit = runBlocking {
        Phone.walkbook.recordOutcome(Phone.door(9), Phone.list, Outcome.NOT_HOME)
        World.withStandingWire {
            val token = CancelToken()
            val syncing = async(Dispatchers.IO) { Phone.walkbook.sync(cancel = token) }
            World.untilHeld()
            token.cancel()
            assertEquals(Ended.CANCELLED, syncing.await().ended)
        }
        World.withStandingWire {
            supervisorScope {
                val syncing = async(Dispatchers.IO) { Phone.walkbook.sync() }
                World.untilHeld()
                syncing.cancel()
                assertFailsWith<CancellationException> { syncing.await() }
            }
        }
        assertTrue(Phone.walkbook.status().atRisk > 0uL)
        assertEquals(0uL, Phone.walkbook.sync().status.atRisk)
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

    @Test
    fun `an invitation that was used or is none is refused`(): Unit = runBlocking {
        Phone.walkbook.lists()
        val folder = createTempDirectory().toFile()
        Walkbook.open(folder, Gives()).use { other ->
            for (link in listOf(World.invitation("kotlin-tests"), "https://example.org", "", "\u0000", "x".repeat(1_000_000))) {
                assertFailsWith<SyncException.Invitation> { other.enrol(link) }
            }
            assertTrue(assertFailsWith<SyncException.Phone> { other.sync() }.error is WalkbookException.NotEnrolled)
        }
        folder.deleteRecursively()
    }
}
