// The phone's signing key, in Android's Keystore.
package org.walkbook.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import java.math.BigInteger
import java.security.GeneralSecurityException
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import org.walkbook.core.Signer
import org.walkbook.core.SignerException

internal const val PROVIDER = "AndroidKeyStore"

internal fun keystore(): java.security.KeyStore = java.security.KeyStore.getInstance(PROVIDER).apply { load(null) }

/**
 * Signs by ECDSA over P-256 with a key that is made in Android's Keystore at the first asking, and never leaves it. Syncs in the
 * background sign too: the key asks for no unlocking.
 */
class AndroidSigner(private val alias: String = "walkbook-device") : Signer {
    override fun publicKey(): ByteArray = translating {
        val point = (keystore().getCertificate(alias)?.publicKey ?: made()).let { it as ECPublicKey }.w
        byteArrayOf(4) + point.affineX.in32Bytes() + point.affineY.in32Bytes()
    }

    override fun sign(message: ByteArray): ByteArray = translating {
        val key = keystore().getKey(alias, null) as PrivateKey? ?: throw SignerException.Failed()
        Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(message)
            sign()
        }
    }

    private fun made(): java.security.PublicKey {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .build()
        val generator = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER)
        return generator.apply { initialize(spec) }.generateKeyPair().public
    }

    private fun <T> translating(work: () -> T): T = try {
        work()
    } catch (failed: GeneralSecurityException) {
        throw SignerException.Failed()
    }
}

/** The number, big-endian, without a sign and with zeros in front. */
internal fun BigInteger.in32Bytes(): ByteArray {
    val bytes = toByteArray().dropWhile { it == 0.toByte() }.toByteArray()
    return ByteArray(32 - bytes.size) + bytes
}
