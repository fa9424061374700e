// How far a sync is, and that the server has news: what an open app shows by itself.
package org.walkbook

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.walkbook.core.CancelToken
import org.walkbook.core.Ended
import org.walkbook.core.Heard
import org.walkbook.core.Outcome
import org.walkbook.core.SyncException
import org.walkbook.core.SyncPhase
import org.walkbook.core.SyncProgress
import org.walkbook.core.WalkbookException

class ProgressTest {
    @Test
    fun `a first download is told to its end`(): Unit = runBlocking {
        val last = Mate.toldAtFirst.end()
        assertEquals(Triple(SyncPhase.DONE, 40uL, 0uL), Triple(last.phase, last.doors, last.awaitedDoors))
        assertEquals(Mate.firstSync.receivedBytes to Mate.firstSync.sentBytes, last.receivedBytes to last.sentBytes)
        assertEquals<ULong?>(last.receivedBytes, last.bytesToReceive)
    }

    @Test
    fun `what is brought is told in entries`(): Unit = runBlocking {
        for (place in 20..22) Mate.knock(place)
        val told = Told()
        Mate.walkbook.sync(progress = told)
        val last = told.end()
        assertEquals(3uL to 3uL, last.answeredEntries to last.entries)
    }

    @Test
    fun `whoever throws or does not come back does the exchange no harm`(): Unit = runBlocking {
        assertEquals(Ended.COMPLETE, Mate.walkbook.sync { error("a trial") }.ended)
        val goOn = CountDownLatch(1)
        val synced = withTimeout(20_000) { Mate.walkbook.sync { goOn.await() } }
        assertEquals(Ended.COMPLETE, synced.ended)
        goOn.countDown()
    }

    @Test
    fun `an open phone hears of what a mate has brought until nobody collects`(): Unit = runBlocking {
        Mate.walkbook.lists()
        val heard = Channel<Unit>(Channel.CONFLATED)
        val listening = launch(Dispatchers.IO) { Phone.walkbook.news.collect { heard.send(it) } }
        withTimeout(30_000) { heard.receive() }
        // What else was new before.
        while (withTimeoutOrNull(1_000) { heard.receive() } != null) continue
        Mate.knock(30)
        Mate.walkbook.sync()
        withTimeout(30_000) { heard.receive() }
        withTimeout(30_000) { listening.cancelAndJoin() }
        assertEquals(Heard.CANCELLED, Phone.walkbook.waitForNews(CancelToken().also { it.cancel() }))
    }

    @Test
    fun `a phone that is no device has nobody to listen to and a closed one hears nothing`(): Unit = runBlocking {
        val folder = createTempDirectory().toFile()
        val other = Walkbook.open(folder, Gives())
        assertTrue(assertFailsWith<SyncException.Phone> { other.news.first() }.error is WalkbookException.NotEnrolled)
        other.close()
        assertEquals(emptyList(), other.news.toList())
        folder.deleteRecursively()
    }
}

/** Takes down how far a sync is. */
private class Told : (SyncProgress) -> Unit {
    private val told = CopyOnWriteArrayList<SyncProgress>()

    override fun invoke(progress: SyncProgress) {
        told += progress
    }

    /** What was told last, which may come when the sync has returned. */
    suspend fun end(): SyncProgress = withTimeout(20_000) {
        while (told.lastOrNull()?.phase != SyncPhase.DONE) delay(5)
        told.last()
    }
}

/** Another phone with the same list, whose first download was watched. */
private object Mate {
    val toldAtFirst = Told()
    val walkbook = Walkbook.open(World.folderOf("kotlin-mate"), Gives())
    val firstSync = runBlocking {
        walkbook.enrol(World.invitation("kotlin-mate"))
        walkbook.sync(progress = toldAtFirst)
    }

    fun knock(place: Int) {
        val list = walkbook.lists().single().id
        walkbook.recordOutcome(walkbook.walkList(list)[place].door, list, Outcome.NOT_HOME)
    }
}
