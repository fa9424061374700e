// `Reference OUT FILE…`: what an app sees in these Kotlin files, with its KDoc, as one page in OUT; read by the compiler's own
// parser. Of one name the first counts. Fails where something has no doc. (Dokka comes from Maven's repository only.)
package org.walkbook.trials

import java.io.File
import kotlin.system.exitProcess
import org.jetbrains.kotlin.CoreEnvironmentDeprecation
import org.jetbrains.kotlin.cli.common.messages.MessageCollector
import org.jetbrains.kotlin.cli.extensionsStorage
import org.jetbrains.kotlin.cli.jvm.compiler.EnvironmentConfigFiles
import org.jetbrains.kotlin.cli.jvm.compiler.KotlinCoreEnvironment
import com.intellij.openapi.util.Disposer
import org.jetbrains.kotlin.compiler.plugin.CompilerPluginRegistrar
import org.jetbrains.kotlin.compiler.plugin.ExperimentalCompilerApi
import org.jetbrains.kotlin.config.CommonConfigurationKeys
import org.jetbrains.kotlin.config.CompilerConfiguration
import org.jetbrains.kotlin.config.MessageCollectorAccess
import org.jetbrains.kotlin.lexer.KtTokens
import org.jetbrains.kotlin.psi.KtCallableDeclaration
import org.jetbrains.kotlin.psi.KtClass
import org.jetbrains.kotlin.psi.KtClassOrObject
import org.jetbrains.kotlin.psi.KtDeclaration
import org.jetbrains.kotlin.psi.KtDeclarationWithBody
import org.jetbrains.kotlin.psi.KtEnumEntry
import org.jetbrains.kotlin.psi.KtNamedDeclaration
import org.jetbrains.kotlin.psi.KtObjectDeclaration
import org.jetbrains.kotlin.psi.KtParameter
import org.jetbrains.kotlin.psi.KtPsiFactory
import org.jetbrains.kotlin.psi.KtSecondaryConstructor
import org.jetbrains.kotlin.psi.psiUtil.startOffset

/** What is generated to carry the rest, and is no part of what an app uses. */
private val SCAFFOLDING = Regex("FfiConverter.*|Uniffi.*|uniffi.*|RustBuffer.*|ForeignBytes|NoHandle|Disposable|.+Impl|destroy|trial.*")

/** What is generated without a place for a doc, as are aliases. */
private val WITHOUT_A_PLACE = setOf("InternalException")

/** Something that an app sees. */
private class Item(val name: String, val signature: String, val doc: String, val members: List<Item>)

private fun itemsOf(declarations: List<KtDeclaration>): List<Item> =
    declarations.filterIsInstance<KtNamedDeclaration>().filter(::isSeen).map(::itemOf)

private fun isSeen(declaration: KtNamedDeclaration): Boolean {
    val hidden = listOf(KtTokens.PRIVATE_KEYWORD, KtTokens.INTERNAL_KEYWORD, KtTokens.OVERRIDE_KEYWORD, KtTokens.PROTECTED_KEYWORD)
    val suppressed = declaration.docComment?.text.orEmpty().contains("@suppress")
    return !suppressed && hidden.none(declaration::hasModifier) && !SCAFFOLDING.matches(declaration.name.orEmpty())
}

private fun itemOf(declaration: KtNamedDeclaration): Item {
    val members = (declaration as? KtClassOrObject)?.let { it.primaryConstructorParameters.filter(KtParameter::hasValOrVar) + it.declarations }
    val shown = itemsOf(members.orEmpty().flatMap(::ofTheClassItself))
    return Item(declaration.name.orEmpty(), signatureOf(declaration), docOf(declaration), shown)
}

/** What stands in a companion is called on the class. */
private fun ofTheClassItself(member: KtDeclaration) =
    if (member is KtObjectDeclaration && member.isCompanion() && isSeen(member)) member.declarations else listOf(member)

private fun docOf(declaration: KtDeclaration) = declaration.docComment?.getAllSections().orEmpty().joinToString("\n") { it.getContent() }.trim()

/** A declaration without its docs and its body, on one line. */
private fun signatureOf(declaration: KtNamedDeclaration): String {
    val end = when (declaration) {
        is KtEnumEntry -> null
        is KtSecondaryConstructor -> declaration.colon
        is KtClass -> declaration.getPrimaryConstructor() ?: declaration.body
        is KtClassOrObject -> declaration.body
        is KtDeclarationWithBody -> declaration.equalsToken ?: declaration.bodyExpression
        is KtParameter -> declaration.equalsToken
        is KtCallableDeclaration -> declaration.typeReference?.nextSibling
        else -> null
    }
    val text = declaration.text.substring(0, (end?.startOffset ?: (declaration.startOffset + declaration.textLength)) - declaration.startOffset)
    val plain = text.replace(Regex("/\\*.*?\\*/|@\\w+(\\([^)]*\\))?|//[^\n]*", RegexOption.DOT_MATCHES_ALL), "")
    val words = plain.replace(Regex("`|\\b(kotlin|java\\.time|java\\.io|org\\.walkbook\\.core)\\."), "").trim().trimEnd('{', ',', ';')
    return words.replace(Regex("\\s+"), " ").trim()
}

private fun undocumented(items: List<Item>, within: String = ""): List<String> = items.flatMap { item ->
    val name = within + item.name
    val without = item.doc.isEmpty() && "typealias" !in item.signature && name !in WITHOUT_A_PLACE
    (if (without) listOf(name) else emptyList()) + undocumented(item.members, "$name.")
}

private fun escaped(text: String) = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

private fun prose(doc: String): String = escaped(doc).split(Regex("\n\\s*\n")).joinToString("") { paragraph ->
    "<p>" + paragraph.replace(Regex("`([^`]+)`|\\[([\\w.]+)]")) { "<code>${it.groupValues[1]}${it.groupValues[2]}</code>" } + "</p>"
}

private fun section(item: Item): String = """<section id="${item.name}"><h2>${item.name}</h2>
    |<pre>${escaped(item.signature)}</pre>${prose(item.doc)}${members(item)}</section>""".trimMargin()

private fun members(item: Item): String = item.members.joinToString("", "<dl>", "</dl>") { member ->
    "<dt><code>${escaped(member.signature)}</code></dt><dd>${prose(member.doc)}${members(member)}</dd>"
}.takeIf { item.members.isNotEmpty() }.orEmpty()

private fun page(items: List<Item>): String {
    val style = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}nav a{margin-right:.8rem}" +
        "code,pre{background:#f3f3f3}dd p{margin:.2rem 0 .6rem}"
    return """<!doctype html><html lang="en"><meta charset="utf-8"><title>Walkbook for Kotlin</title><style>$style</style>
        |<h1>Walkbook for Kotlin</h1><nav>${items.joinToString(" ") { "<a href=\"#${it.name}\">${it.name}</a>" }}</nav>
        |${items.joinToString("\n", transform = ::section)}</html>
    """.trimMargin()
}

// The compiler promises nobody its parser; the version is pinned in ci/kotlin.sh.
@OptIn(
    CompilerConfiguration.Internals::class,
    CoreEnvironmentDeprecation::class,
    ExperimentalCompilerApi::class,
    MessageCollectorAccess::class,
)
fun main(arguments: Array<String>) {
    val configuration = CompilerConfiguration()
    configuration.put(CommonConfigurationKeys.MESSAGE_COLLECTOR_KEY, MessageCollector.NONE)
    configuration.extensionsStorage = CompilerPluginRegistrar.ExtensionStorage()
    val files = EnvironmentConfigFiles.JVM_CONFIG_FILES
    val environment = KotlinCoreEnvironment.createForProduction(Disposer.newDisposable("reference"), configuration, files)
    val parser = KtPsiFactory(environment.project)
    val sources = arguments.drop(1).map { parser.createFile(File(it).readText()) }
    val items = sources.flatMap { itemsOf(it.declarations) }.distinctBy { it.name }.sortedBy { it.name }
    File(arguments[0]).apply { mkdirs() }.resolve("index.html").writeText(page(items))
    val without = undocumented(items)
    without.forEach { System.err.println("without a doc in Kotlin: $it") }
    println("docs: ${items.size} items in Kotlin, ${without.size} without a doc")
    exitProcess(if (without.isEmpty() && items.isNotEmpty()) 0 else 1)
}
