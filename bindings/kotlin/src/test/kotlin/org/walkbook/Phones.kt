package org.walkbook

import java.io.File
import kotlinx.coroutines.runBlocking
import org.walkbook.android.AndroidSigner
import org.walkbook.android.TrialKeystore
import org.walkbook.core.KeyStore

/** Nothing is wrapped, or what the test gives is unwrapped. */
class Gives(private val unwrapped: (ByteArray) -> ByteArray = { it }) : KeyStore {
    override fun wrap(key: ByteArray) = key

    override fun unwrap(wrapped: ByteArray) = unwrapped(wrapped)
}

/** A phone that has its list, for the whole run, with a signer of the app's own: an invitation lets one phone in. */
object Phone {
    val walkbook: Walkbook = runBlocking {
        TrialKeystore.install()
        Walkbook.open(World.folderOf("kotlin-tests"), Gives(), AndroidSigner("tests")).also {
            it.enrol(World.invitation("kotlin-tests"))
            it.sync()
        }
    }
    val list get() = walkbook.lists().single().id

    fun door(place: Int) = walkbook.walkList(list)[place].door
}

/** What `bindings/trials/world.sh` has made. */
object World {
    private val folder = File(System.getenv("WALKBOOK_WORLD"))
    private val held = File(folder, "held")

    fun folderOf(phone: String) = File(folder, phone)

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
