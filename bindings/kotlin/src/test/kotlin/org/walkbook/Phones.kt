package org.walkbook

import java.io.File
import org.walkbook.core.KeyStore

/** Nothing is wrapped, or what the test gives is unwrapped. */
class Gives(private val unwrapped: (ByteArray) -> ByteArray = { it }) : KeyStore {
    override fun wrap(key: ByteArray) = key

    override fun unwrap(wrapped: ByteArray) = unwrapped(wrapped)
}

/** What `bindings/trials/world.sh` has made. */
object World {
    private val folder = File(System.getenv("WALKBOOK_WORLD"))
    private val held = File(folder, "held")

    fun invitation(name: String) = File(folder, "invitations/$name").readText().trim()

    /** Nothing that a phone sends gets through while the work goes on. */
    inline fun withStandingWire(work: () -> Unit) {
        stand()
        try {
            work()
        } finally {
            letGo()
        }
    }

    fun stand() {
        held.delete()
        File(folder, "standing").createNewFile()
    }

    fun letGo() = File(folder, "standing").delete()

    /** Returns once the wire holds something back. */
    fun untilHeld() {
        while (!held.exists()) Thread.sleep(10)
    }
}
