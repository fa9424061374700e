// What Kotlin expects beside the generated class: `use`, and Flows of changes and of news.
package org.walkbook

import java.io.Closeable
import java.io.File
import java.util.concurrent.CopyOnWriteArraySet
import kotlinx.coroutines.channels.SendChannel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.flow
import org.walkbook.core.CancelToken
import org.walkbook.core.Changes
import org.walkbook.core.KeyStore
import org.walkbook.core.Listener
import org.walkbook.core.Signer
import org.walkbook.core.SyncException
import org.walkbook.core.SyncListener
import org.walkbook.core.SyncProgress
import org.walkbook.core.Synced
import org.walkbook.core.Walkbook as Core
import org.walkbook.core.WalkbookException
import org.walkbook.core.WalkbookInterface
import org.walkbook.core.wipeWalkbook
import org.walkbook.core.beginAnew as beginAnewInFolder
import org.walkbook.core.beginWithoutKey as beginWithoutKeyInFolder

/**
 * A phone's walkbook: lists, doors and what happened at them, encrypted on disk.
 *
 * Safe from any thread. Calls that read and write the disk are synchronous: a knock takes about a millisecond, so that they may
 * be made where the screen is drawn, though lists are better read on `Dispatchers.IO`. [enrol] and [sync] are suspending;
 * cancelling their coroutine ends the exchange. Calls that record return once the phone has it on disk.
 */
class Walkbook private constructor(private val core: Core) : WalkbookInterface by core, Closeable {
    private val collectors = CopyOnWriteArraySet<SendChannel<Changes>>()

    /**
     * What changes from the collection's begin on, until the walkbook is closed. A slow collector holds nobody up: what
     * changes meanwhile comes in one piece.
     */
    val changes: Flow<Changes> = callbackFlow {
        collectors.add(channel)
        val subscription = core.subscribe(
            object : Listener {
                // Fails only where nobody collects any more.
                override fun changed(changes: Changes) { trySendBlocking(changes) }
            },
        )
        awaitClose {
            collectors.remove(channel)
            subscription.end()
            subscription.close()
        }
    }.buffer(0)

    /**
     * That the server may have something new, for an app that is open: at once, and then whenever there is; [sync] each time. Ends
     * when the walkbook is closed; fails with a [SyncException] where waiting helps nothing, as [sync] would.
     */
    val news: Flow<Unit> = flow {
        while (true) {
            try {
                core.waitForNews(null)
            } catch (failed: SyncException.Phone) {
                if (failed.error is WalkbookException.Closed) return@flow else throw failed
            }
            emit(Unit)
        }
    }

    /**
     * Exchanges with the server as [sync] does, and tells [progress] how far it is: a few times a second at most, on a thread of its
     * own; the exchange does not wait for it, whatever it does, and the last call may come when the exchange has returned.
     */
    suspend fun sync(
        budgetMs: ULong = 30_000uL,
        cancel: CancelToken? = null,
        progress: (SyncProgress) -> Unit,
    ): Synced = core.sync(
        budgetMs,
        cancel,
        Telling(progress),
    )

    /**
     * Closes the walkbook: waits for calls under way, ends exchanges and the collecting of changes, lets go of the files.
     * Whatever is asked afterwards fails with [WalkbookException.Closed]. Harmless when it is closed already.
     */
    override fun close() {
        core.shut()
        collectors.forEach { it.close() }
    }

    /** What [close] is called in the library. */
    override fun shut() = close()

    companion object {
        /**
         * Opens the walkbook in this folder, or makes it. [keyStore] wraps the databases' key with one that never leaves the
         * hardware; [signer] is the app's signing key, if it has one there.
         */
        @Throws(WalkbookException::class)
        fun open(folder: File, keyStore: KeyStore, signer: Signer? = null) =
            Walkbook(Core.open(folder.path, keyStore, signer))

        /** Opens it after a call has failed with [WalkbookException.Damaged]: closes nothing, deletes nothing, mends. */
        @Throws(WalkbookException::class)
        fun mend(folder: File, keyStore: KeyStore, signer: Signer? = null) =
            Walkbook(Core.mend(folder.path, keyStore, signer))

        /**
         * Lets a phone that cannot go on as the device that it is begin anew in the same folder; the walkbook must be closed.
         * Fails with [WalkbookException.AtRisk] while something is on no server and in no rescue file.
         */
        @Throws(WalkbookException::class)
        fun beginAnew(folder: File, keyStore: KeyStore) = beginAnewInFolder(folder.path, keyStore)

        /**
         * Lets a phone begin anew whose key is gone for good ([WalkbookException.KeyLost]); the walkbook must be closed. Nobody
         * can tell what in its files is nowhere else: ask the person first. Nothing is deleted.
         */
        @Throws(WalkbookException::class)
        fun beginWithoutKey(folder: File, keyStore: KeyStore) = beginWithoutKeyInFolder(folder.path, keyStore)

        /**
         * Destroys the walkbook in this folder, which must be closed. Fails with [WalkbookException.AtRisk] while something
         * would be lost. Gives the names of what is gone.
         */
        @Throws(WalkbookException::class)
        fun wipe(folder: File, keyStore: KeyStore): List<String> = wipeWalkbook(folder.path, keyStore)
    }
}

private class Telling(private val tell: (SyncProgress) -> Unit) : SyncListener {
    override fun progressed(progress: SyncProgress) = tell(progress)
}
