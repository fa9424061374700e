// What calls cost in Kotlin: does what `bindings/examples/bench.rs` does.
package org.walkbook.benches

import java.io.File
import kotlin.system.measureNanoTime
import kotlinx.coroutines.runBlocking
import org.walkbook.Walkbook
import org.walkbook.core.KeyStore
import org.walkbook.core.Outcome

private const val KNOCKS = 2_000
private const val LISTINGS = 200

private object Plain : KeyStore {
    override fun wrap(key: ByteArray) = key

    override fun unwrap(wrapped: ByteArray) = wrapped
}

private fun medianUs(times: Int, call: (Int) -> Unit) = List(times) { measureNanoTime { call(it) } }.sorted()[times / 2] / 1e3

private fun residentMib(): Double {
    val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
    return line.filter { it.isDigit() }.toLong() / 1024.0
}

private fun enrol(folder: File, link: String) = runBlocking {
    Walkbook.open(folder, Plain).use {
        it.enrol(link)
        it.sync(budgetMs = 300_000uL)
    }
}

private fun cold(folder: File) {
    val begun = System.nanoTime()
    val walkbook = Walkbook.open(folder, Plain)
    val lists = walkbook.lists()
    val first = walkbook.walkList(lists[0].id)
    val opened = System.nanoTime() - begun
    val now = java.time.Instant.now().let { it.epochSecond * 1_000_000_000 + it.nano }
    println("start_ms ${(now - System.getenv("STARTED").toLong()) / 1e6}")
    println("open_ms ${opened / 1e6}")
    println("doors ${lists.sumOf { walkbook.walkList(it.id).size }}")
    println("listed ${first.size}")
    println("resident_mib ${residentMib()}")
}

private fun calls(folder: File) {
    val walkbook = Walkbook.open(folder, Plain)
    val list = walkbook.lists()[0].id
    val doors = walkbook.walkList(list).map { it.door }
    println("knock_us ${medianUs(KNOCKS) { walkbook.recordOutcome(doors[it % doors.size], list, Outcome.NOT_HOME) }}")
    println("list_us ${medianUs(LISTINGS) { walkbook.walkList(list) }}")
    println("least_us ${medianUs(KNOCKS) { walkbook.changesSince(ULong.MAX_VALUE) }}")
}

fun main(arguments: Array<String>) {
    val folder = File(arguments[1])
    when (arguments[0]) {
        "enrol" -> enrol(folder, arguments[2])
        "cold" -> cold(folder)
        else -> calls(folder)
    }
}
