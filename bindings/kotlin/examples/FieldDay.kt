// A canvasser's day: enrol, download, knock without a network, sync over TLS, and see what happened.
//
// `FieldDay FOLDER INVITATION` lives it; `FieldDay FOLDER` only syncs. The last lines are the doors of the list and their states
// in hexadecimal: the same on every phone of the team.
package org.walkbook.examples

import java.io.File
import kotlinx.coroutines.runBlocking
import org.walkbook.core.Answer
import org.walkbook.core.AnswerValue
import org.walkbook.core.ContactField
import org.walkbook.core.DoorRow
import org.walkbook.core.Interaction
import org.walkbook.core.Knock
import org.walkbook.core.Outcome
import org.walkbook.core.SuppressionReason
import org.walkbook.core.Target
import org.walkbook.core.WalkList
import org.walkbook.Walkbook
import org.walkbook.desk.DeskKeyStore

/** Asks the questions of the script one after the other, as its branches want it. */
fun answersOf(walkbook: Walkbook, work: WalkList): Knock {
    val script = checkNotNull(work.script)
    val said = mapOf<Int, AnswerValue>(
        1 to AnswerValue.YesNo(true),
        2 to AnswerValue.Scale(1),
        3 to AnswerValue.Single(1u),
        4 to AnswerValue.Multiple(listOf(2u)),
        5 to AnswerValue.YesNo(true),
        6 to AnswerValue.Integer(3),
        7 to AnswerValue.Note("ring twice"),
    )
    val answers = mutableListOf<Answer>()
    while (true) {
        val question = walkbook.nextQuestion(script, answers) ?: break
        answers += Answer(question.key, said.getValue(question.key.toInt()))
    }
    return Knock.Answers(script, answers)
}

/** A morning in the stairwell, first where somebody lives. There is no signal, and nobody waits for any. */
fun workAt(walkbook: Walkbook, work: WalkList, doors: List<DoorRow>) {
    val inOrder = doors.sortedBy { it.names.isEmpty() }
    val (first, second, third) = inOrder
    val who = walkbook.door(first.door).contacts.first()
    walkbook.recordKnock(first.door, Interaction(work.id, answersOf(walkbook, work), contact = who.id, note = "kind dog"))
    walkbook.editContact(first.door, who.id, ContactField.Phone, "+358 40 555 0102")
    val mistake = walkbook.recordOutcome(second.door, work.id, Outcome.REFUSED)
    walkbook.undo(second.door, mistake)
    walkbook.suppress(third.door, Target.Door, SuppressionReason.OBJECTION)
    for (row in inOrder.drop(3)) walkbook.recordOutcome(row.door, work.id, Outcome.NOT_HOME)
}

fun main(arguments: Array<String>) = runBlocking {
    val folder = File(arguments[0])
    val invitation = arguments.getOrNull(1)
    Walkbook.open(folder, DeskKeyStore(File("$folder.keystore"))).use { walkbook ->
        if (invitation != null) println("enrolled as a ${walkbook.enrol(invitation).role.name.lowercase()}")
        val downloaded = walkbook.sync()
        println("synced in ${downloaded.roundTrips} round trips: ${downloaded.receivedBytes} bytes came")
        val work = walkbook.lists().single()
        if (invitation != null) {
            workAt(walkbook, work, walkbook.walkList(work.id).take(12))
            println("${walkbook.status().atRisk} entries are only on this phone")
            val synced = walkbook.sync()
            println("synced: ${synced.sentBytes} bytes went, ${synced.status.atRisk} entries are only on this phone")
        }
        val progress = walkbook.progress(work.id)
        println("${work.name}: ${progress.attempted} of ${progress.doors} doors, ${progress.suppress} said no")
        for (row in walkbook.walkList(work.id)) {
            val state = walkbook.doorStateBytes(row.door)
            println("${row.door} ${state.joinToString("") { "%02x".format(it) }}")
        }
    }
}
