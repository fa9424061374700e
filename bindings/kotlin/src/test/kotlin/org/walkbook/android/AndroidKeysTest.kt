// What an Android app puts in: its key store and its signer, over a Keystore in memory.
package org.walkbook.android

import kotlin.io.path.createTempDirectory
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import org.walkbook.Walkbook
import org.walkbook.core.KeyStoreException
import org.walkbook.core.WalkbookException

class AndroidKeysTest {
    private val folder = createTempDirectory().toFile()

    init {
        TrialKeystore.install()
    }

    @AfterTest
    fun clear() {
        folder.deleteRecursively()
    }

    @Test
    fun `what was wrapped is unwrapped, and nothing else`() {
        val keys = AndroidKeyStore("wrapping")
        val key = ByteArray(32) { it.toByte() }
        val wrapped = keys.wrap(key)
        assertContentEquals(key, keys.unwrap(wrapped))
        assertContentEquals(key, AndroidKeyStore("wrapping").unwrap(wrapped))
        val altered = wrapped.copyOf().also { it[20] = (it[20] + 1).toByte() }
        for (other in listOf(altered, ByteArray(5), ByteArray(0))) {
            assertFailsWith<KeyStoreException.Lost> { keys.unwrap(other) }
        }
        assertFailsWith<KeyStoreException.Lost> { AndroidKeyStore("of another name").unwrap(wrapped) }
    }

    @Test
    fun `the signer has one key, also after a restart of the app`() {
        val point = AndroidSigner("signing").publicKey()
        assertEquals(65 to 4.toByte(), point.size to point[0])
        assertContentEquals(point, AndroidSigner("signing").publicKey())
    }

    @Test
    fun `a phone whose keys are gone says so and opens nothing`() {
        Walkbook.open(folder, AndroidKeyStore("gone"), AndroidSigner("gone-device")).close()
        TrialKeystore.forget("gone")
        assertFailsWith<WalkbookException.KeyLost> { Walkbook.open(folder, AndroidKeyStore("gone")) }
    }
}
