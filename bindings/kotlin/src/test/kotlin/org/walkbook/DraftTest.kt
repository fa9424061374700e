// A script that is written on a phone, before a real server.
package org.walkbook

import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.runBlocking
import org.walkbook.core.Condition
import org.walkbook.core.DraftChange
import org.walkbook.core.QuestionKind
import org.walkbook.core.WalkbookException

class DraftTest {
    @Test
    fun `a script is written offline and published`(): Unit = runBlocking {
        val folder = createTempDirectory().toFile()
        Walkbook.open(folder, Gives()).use { walkbook ->
            walkbook.enrol(World.invitation("kotlin-drafts"))
            val start = walkbook.changesSince(ULong.MAX_VALUE).version
            val script = walkbook.startDraft("Spring")
            assertEquals(listOf(script), walkbook.changesSince(start).drafts)
            val sign = walkbook.addQuestion(script, "sign", "May we put up a sign?", QuestionKind.YesNo)
            val size = walkbook.addQuestion(script, "size", "How large?", QuestionKind.Scale(1, 3), sign)
            walkbook.editDraft(script, DraftChange.SetCondition(sign, Condition.Answered(size)))
            assertEquals(listOf(sign), walkbook.draft(script).flaws.map { it.question }, "it looks at a later one")
            assertFailsWith<WalkbookException.Invalid> { walkbook.publishDraft(script) }
            val condition = Condition.Not(Condition.AnyOf(listOf(Condition.Said(sign, false))))
            walkbook.editDraft(script, DraftChange.SetCondition(sign, null))
            walkbook.editDraft(script, DraftChange.SetCondition(size, condition))
            assertEquals(listOf(sign to null, size to condition), walkbook.drafts().single().questions.map { it.question to it.`when` })
            val version = walkbook.publishDraft(script)
            assertEquals(0uL, walkbook.sync().status.atRisk)
            val draft = walkbook.draft(script)
            assertEquals(listOf(version) to listOf<UShort?>(1u, 2u), draft.versions to draft.questions.map { it.number })
        }
        folder.deleteRecursively()
    }
}
