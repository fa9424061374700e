// The first lines of the README work as they stand; `ci/kotlin.sh` makes `tenLines` of them.
package org.walkbook

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking
import org.walkbook.android.AndroidKeyStore
import org.walkbook.android.AndroidSigner
import org.walkbook.android.TrialKeystore
import org.walkbook.readme.tenLines

class ReadmeTest {
    @Test
    fun `the first lines of the readme live a day`(): Unit = runBlocking {
        val folder = createTempDirectory().toFile()
        TrialKeystore.install()
        tenLines(folder, World.invitation("kotlin-readme"))
        Walkbook.open(File(folder, "walkbook"), AndroidKeyStore(), AndroidSigner()).use { walkbook ->
            assertEquals(0uL, walkbook.status().atRisk)
            assertEquals(0uL, walkbook.progress(walkbook.lists().single().id).left)
        }
        folder.deleteRecursively()
    }
}
