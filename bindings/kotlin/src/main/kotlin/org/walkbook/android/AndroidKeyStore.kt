// The databases' key, wrapped by a key of Android's Keystore.
package org.walkbook.android

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import java.security.GeneralSecurityException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import org.walkbook.core.KeyStore
import org.walkbook.core.KeyStoreException

/**
 * Wraps with AES-256-GCM under a key that never leaves Android's Keystore: in the trusted environment, where the phone has
 * one. The key is made at the first wrapping.
 *
 * [alias] names the key; one app needs one. The key may be used only on an unlocked phone where [unlockedOnly] says so (from
 * Android 9 on): then a sync in the background has to wait for the phone to be unlocked.
 */
class AndroidKeyStore(private val alias: String = "walkbook", private val unlockedOnly: Boolean = false) : KeyStore {
    override fun wrap(key: ByteArray): ByteArray = translating {
        val cipher = Cipher.getInstance(AES_GCM)
        cipher.init(Cipher.ENCRYPT_MODE, known() ?: made())
        cipher.iv + cipher.doFinal(key)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray = translating {
        val known = known() ?: throw KeyStoreException.Lost()
        if (wrapped.size <= IV_BYTES) throw KeyStoreException.Lost()
        val cipher = Cipher.getInstance(AES_GCM)
        cipher.init(Cipher.DECRYPT_MODE, known, GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES))
        cipher.doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
    }

    private fun known() = keystore().getKey(alias, null) as SecretKey?

    private fun made(): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(alias, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
        if (unlockedOnly && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setUnlockedDeviceRequired(true)
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
        return generator.apply { init(spec.build()) }.generateKey()
    }

    private fun <T> translating(work: () -> T): T = try {
        work()
    } catch (locked: UserNotAuthenticatedException) {
        throw KeyStoreException.Locked()
    } catch (gone: KeyPermanentlyInvalidatedException) {
        throw KeyStoreException.Lost()
    } catch (other: AEADBadTagException) {
        // Wrapped by a key of the same name that is no more.
        throw KeyStoreException.Lost()
    } catch (failed: GeneralSecurityException) {
        throw KeyStoreException.Failed()
    }

    private companion object {
        const val AES_GCM = "AES/GCM/NoPadding"
        const val IV_BYTES = 12
        const val TAG_BITS = 128
    }
}
