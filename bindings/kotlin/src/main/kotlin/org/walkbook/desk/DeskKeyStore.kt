// A key store for trials on a desk.
package org.walkbook.desk

import java.io.File
import java.io.IOException
import java.security.SecureRandom
import kotlin.experimental.xor
import org.walkbook.core.KeyStore
import org.walkbook.core.KeyStoreException

/**
 * For scripts and trials: a file beside the folder masks the key. It guards against copying the walkbook's folder alone, and
 * against nothing else; phones use [org.walkbook.android.AndroidKeyStore].
 */
class DeskKeyStore(private val file: File) : KeyStore {
    override fun wrap(key: ByteArray): ByteArray {
        val mask = ByteArray(key.size).also(SecureRandom()::nextBytes)
        try {
            // Nobody but the owner may read it, before there is anything to read.
            file.createNewFile()
            file.setReadable(false, false)
            file.setReadable(true, true)
            file.writeBytes(mask)
        } catch (failed: IOException) {
            throw KeyStoreException.Failed()
        }
        return masked(key, mask)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray {
        if (!file.exists()) throw KeyStoreException.Lost()
        val mask = try {
            file.readBytes()
        } catch (failed: IOException) {
            throw KeyStoreException.Failed()
        }
        return if (mask.size == wrapped.size) masked(wrapped, mask) else throw KeyStoreException.Lost()
    }

    private fun masked(text: ByteArray, mask: ByteArray) = ByteArray(text.size) { text[it] xor mask[it] }
}
