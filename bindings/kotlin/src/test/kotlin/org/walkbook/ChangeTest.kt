// The feed of changes, as a Flow.
package org.walkbook

import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope
import org.walkbook.core.Outcome
import org.walkbook.core.WalkbookException

class ChangeTest {
    @Test
    fun `changes are told and end with the walkbook`(): Unit = runBlocking {
        val told = async(Dispatchers.IO) { Phone.walkbook.changes.first { Phone.door(8) in it.doors } }
        // As often as it takes until the collector listens.
        while (!told.isCompleted) {
            Phone.walkbook.recordOutcome(Phone.door(8), Phone.list, Outcome.NOT_HOME)
            delay(10)
        }
        val other = Walkbook.open(createTempDirectory().toFile(), Gives())
        val ended = supervisorScope {
            val all = async(Dispatchers.IO) { other.changes.toList() }
            delay(50)
            other.close()
            runCatching { all.await() }
        }
        // Nothing was told; or the collector came only after the closing, and was told of that.
        assertTrue(ended.fold({ it.isEmpty() }, { it is WalkbookException.Closed }))
    }
}
