// Every error reaches Kotlin as what it is, and a panic does not end the process.
package org.walkbook

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.walkbook.core.InternalException
import org.walkbook.core.SyncException
import org.walkbook.core.WalkbookException
import org.walkbook.core.trialPanic
import org.walkbook.core.trialPanicInAFuture
import org.walkbook.core.trialSyncError
import org.walkbook.core.trialSyncErrors
import org.walkbook.core.trialWalkbookError
import org.walkbook.core.trialWalkbookErrors

class ErrorTest {
    private fun variants(error: Class<*>) = error.declaredClasses.filter { error.isAssignableFrom(it) }.toSet()

    @Test
    fun `every error of the disk is seen`() {
        val seen = (0u until trialWalkbookErrors()).map { number ->
            assertFailsWith<WalkbookException> { trialWalkbookError(number) }.javaClass
        }
        assertEquals(variants(WalkbookException::class.java), seen.toSet<Class<*>>())
    }

    @Test
    fun `every error of the network is seen`() {
        val seen = (0u until trialSyncErrors()).map { number ->
            assertFailsWith<SyncException> { runBlocking { trialSyncError(number) } }
        }
        assertEquals(variants(SyncException::class.java), seen.map { it.javaClass }.toSet<Class<*>>())
        val ofThePhone = seen.filterIsInstance<SyncException.Phone>().map { it.error.javaClass }
        assertEquals(variants(WalkbookException::class.java), ofThePhone.toSet<Class<*>>())
    }

    @Test
    fun `a panic is an error and the library goes on`() {
        assertFailsWith<InternalException> { trialPanic() }
        assertFailsWith<InternalException> { runBlocking { trialPanicInAFuture() } }
        assertTrue(trialWalkbookErrors() > 0u)
    }
}
