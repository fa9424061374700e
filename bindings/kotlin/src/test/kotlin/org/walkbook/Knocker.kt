// Knocks by several threads until it is killed, and says each entry once the phone has acknowledged it: `Knocker FOLDER`.
package org.walkbook

import java.io.File
import kotlin.concurrent.thread
import org.walkbook.core.Outcome

fun main(arguments: Array<String>) {
    val walkbook = Walkbook.open(File(arguments[0]), Gives())
    val list = walkbook.lists().single().id
    val door = walkbook.walkList(list).first().door
    repeat(3) {
        thread {
            while (true) {
                val entry = walkbook.recordOutcome(door, list, Outcome.NOT_HOME)
                synchronized(walkbook) { println(entry) }
            }
        }
    }
}
