// Key stores that fail or give something else; closing, and thousands of openings.
package org.walkbook

import java.io.File
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import kotlin.io.path.createTempDirectory
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import org.walkbook.core.KeyStoreException
import org.walkbook.core.Signer
import org.walkbook.core.SignerException
import org.walkbook.core.WalkbookException

class KeyTest {
    private val folder = createTempDirectory().toFile()

    @AfterTest
    fun clear() {
        folder.deleteRecursively()
    }

    @Test
    fun `a key store that fails or gives a wrong key is told as what it is`() {
        Walkbook.open(folder, Gives()).close()
        val told = listOf<Pair<(ByteArray) -> ByteArray, Class<*>>>(
            { _: ByteArray -> throw KeyStoreException.Locked() } to WalkbookException.Locked::class.java,
            { _: ByteArray -> throw KeyStoreException.Lost() } to WalkbookException.KeyLost::class.java,
            { _: ByteArray -> throw KeyStoreException.Failed() } to WalkbookException.KeyStoreFailed::class.java,
            { _: ByteArray -> error("a name, 040 555 0101") } to WalkbookException.KeyStoreFailed::class.java,
            { _: ByteArray -> ByteArray(32) } to WalkbookException.KeyLost::class.java,
            { _: ByteArray -> ByteArray(5) } to WalkbookException.KeyLost::class.java,
            { _: ByteArray -> ByteArray(1_000_000) } to WalkbookException.KeyLost::class.java,
        )
        for ((given, wanted) in told) {
            val error = assertFailsWith<WalkbookException> { Walkbook.open(folder, Gives(given)) }
            assertEquals(wanted, error.javaClass)
            assertFalse("040" in error.toString())
        }
        Walkbook.open(folder, Gives()).close()
    }

    @Test
    fun `a slow key store is waited for and holds up nobody else`() {
        val asked = CountDownLatch(1)
        val goOn = CountDownLatch(1)
        Walkbook.open(folder, Gives()).close()
        val slow = Gives { wrapped -> asked.countDown().also { goOn.await() }.let { wrapped } }
        val opening = CompletableFuture.supplyAsync { Walkbook.open(folder, slow) }
        asked.await()
        val elsewhere = createTempDirectory().toFile()
        Walkbook.open(elsewhere, Gives()).use { assertEquals(emptyList(), it.lists()) }
        assertFalse(opening.isDone)
        goOn.countDown()
        opening.get().close()
        elsewhere.deleteRecursively()
    }

    @Test
    fun `a signer that fails opens nothing and says so`() {
        val signer = object : Signer {
            override fun publicKey(): ByteArray = throw SignerException.Failed()

            override fun sign(message: ByteArray): ByteArray = throw SignerException.Failed()
        }
        assertFailsWith<WalkbookException.KeyStoreFailed> { Walkbook.open(folder, Gives(), signer) }
    }

    @Test
    fun `what is asked after closing is refused and the folder is free`() {
        val walkbook = Walkbook.open(folder, Gives())
        File(folder, "settings.json").writeText("{}")
        assertFailsWith<WalkbookException.InUse> { Walkbook.wipe(folder, Gives()) }
        walkbook.close()
        walkbook.close()
        assertFailsWith<WalkbookException.Closed> { walkbook.lists() }
        assertFailsWith<WalkbookException.Closed> { walkbook.status() }
        assertTrue("key.wrapped" in Walkbook.wipe(folder, Gives()))
        assertEquals(listOf("settings.json"), folder.list()?.toList())
    }

    @Test
    fun `thousands of openings leave nothing behind`() {
        fun openAndClose(times: Int) = repeat(times) { Walkbook.open(folder, Gives()).close() }
        openAndClose(1_000)
        val before = residentKiB()
        openAndClose(2_000)
        val grown = residentKiB() - before
        println("2000 openings: $grown KiB more")
        // The virtual machine has its whole heap from the start; a page kept from each opening would be more than it needs beside.
        assertTrue(grown < 32 * 1024, "$grown KiB more")
        assertTrue(File("/proc/self/fd").list().orEmpty().size < 200, "files were left open")
    }

    private fun residentKiB(): Long {
        System.gc()
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
        return line.filter { it.isDigit() }.toLong()
    }
}
