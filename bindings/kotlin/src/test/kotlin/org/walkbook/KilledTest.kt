// An app that is killed in the middle of its calls.
package org.walkbook

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

class KilledTest {
    @Test
    fun `every acknowledged knock of a killed app is there`(): Unit = runBlocking {
        val folder = createTempDirectory().toFile()
        val door = Walkbook.open(folder, Gives()).use { walkbook ->
            walkbook.enrol(World.invitation("kotlin-killed"))
            walkbook.sync()
            walkbook.walkList(walkbook.lists().single().id).first().door
        }
        val acknowledged = listOf(1, 10, 100).flatMap { killedAfter(it, folder) }.toSet()
        assertTrue(acknowledged.size >= 111)
        Walkbook.open(folder, Gives()).use { walkbook ->
            assertTrue(walkbook.door(door).visits.map { it.entry.text }.containsAll(acknowledged))
            assertTrue(walkbook.status().atRisk >= acknowledged.size.toULong())
            assertEquals(0uL, walkbook.sync().status.atRisk)
        }
        folder.deleteRecursively()
    }

    /** A process of its own knocks, and is killed once it has said so many entries. Gives all that it has said. */
    private fun killedAfter(knocks: Int, folder: File): List<String> {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val library = "-Djna.library.path=${System.getProperty("jna.library.path")}"
        val classes = System.getProperty("java.class.path")
        val process = ProcessBuilder(java, library, "-cp", classes, "org.walkbook.KnockerKt", folder.path)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
        val said = StringBuilder()
        val stream = process.inputStream.reader()
        while (said.count { it == '\n' } < knocks) said.append(stream.read().also { check(it >= 0) }.toChar())
        // By its handle: the process itself would close the stream, and what is still in it.
        process.toHandle().destroyForcibly()
        said.append(stream.readText())
        assertEquals(128 + 9, process.waitFor(), "ended by SIGKILL")
        // The last line may be cut off.
        return said.substring(0, said.lastIndexOf("\n")).lines()
    }
}
