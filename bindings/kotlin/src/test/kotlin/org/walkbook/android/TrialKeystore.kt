// What stands in for Android's Keystore on a machine that is no phone.
package org.walkbook.android

import android.security.keystore.KeyGenParameterSpec
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** A provider of Android's name, whose keys lie in this process's memory. */
object TrialKeystore : Provider("AndroidKeyStore", "1", "keys in memory, for tests") {
    internal val secretKeys = ConcurrentHashMap<String, Key>()
    internal val publicKeys = ConcurrentHashMap<String, PublicKey>()

    init {
        put("KeyStore.AndroidKeyStore", KeysByAlias::class.java.name)
        put("KeyGenerator.AES", MadeSecret::class.java.name)
        put("KeyPairGenerator.EC", MadePair::class.java.name)
    }

    fun install() {
        Security.addProvider(this)
    }

    /** As on a phone whose lock was taken off, or that was reset. */
    fun forget(alias: String) {
        secretKeys.remove(alias)
        publicKeys.remove(alias)
    }
}

class MadeSecret : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = error("Android asks for a spec")

    override fun engineInit(bits: Int, random: SecureRandom?) = error("Android asks for a spec")

    override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
    }

    override fun engineGenerateKey(): SecretKey {
        val generator = KeyGenerator.getInstance("AES", "SunJCE").apply { init(256) }
        return generator.generateKey().also { TrialKeystore.secretKeys[spec.alias] = it }
    }
}

class MadePair : KeyPairGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun initialize(bits: Int, random: SecureRandom?) = error("Android asks for a spec")

    override fun initialize(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
    }

    override fun generateKeyPair(): KeyPair {
        val generator = KeyPairGenerator.getInstance("EC", "SunEC").apply { initialize(ECGenParameterSpec("secp256r1")) }
        return generator.generateKeyPair().also {
            TrialKeystore.secretKeys[spec.alias] = it.private
            TrialKeystore.publicKeys[spec.alias] = it.public
        }
    }
}

/** Android gives a certificate with each pair; only its public key is looked at. */
private class Holding(private val key: PublicKey) : Certificate("X.509") {
    override fun getPublicKey() = key

    override fun getEncoded() = ByteArray(0)

    override fun verify(key: PublicKey) = Unit

    override fun verify(key: PublicKey, provider: String) = Unit

    override fun toString() = "a certificate"
}

class KeysByAlias : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?) = TrialKeystore.secretKeys[alias]

    override fun engineGetCertificate(alias: String): Certificate? = TrialKeystore.publicKeys[alias]?.let(::Holding)

    override fun engineContainsAlias(alias: String) = TrialKeystore.secretKeys.containsKey(alias)

    override fun engineSize() = TrialKeystore.secretKeys.size

    override fun engineAliases(): Enumeration<String> = Collections.enumeration(TrialKeystore.secretKeys.keys)

    override fun engineDeleteEntry(alias: String) = TrialKeystore.forget(alias)

    override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

    override fun engineStore(stream: OutputStream?, password: CharArray?) = notAsked()

    override fun engineGetCertificateChain(alias: String?): Array<Certificate> = notAsked()

    override fun engineGetCreationDate(alias: String?): Date = notAsked()

    override fun engineSetKeyEntry(alias: String?, key: Key?, password: CharArray?, chain: Array<out Certificate>?) =
        notAsked()

    override fun engineSetKeyEntry(alias: String?, key: ByteArray?, chain: Array<out Certificate>?) = notAsked()

    override fun engineSetCertificateEntry(alias: String?, certificate: Certificate?) = notAsked()

    override fun engineIsKeyEntry(alias: String?): Boolean = notAsked()

    override fun engineIsCertificateEntry(alias: String?): Boolean = notAsked()

    override fun engineGetCertificateAlias(certificate: Certificate?): String = notAsked()

    private fun notAsked(): Nothing = throw UnsupportedOperationException()
}
