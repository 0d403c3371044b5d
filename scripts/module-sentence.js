/** A rule of our own for eslint: every module begins with a comment that says in a sentence what it is for. */

/** What a comment has to look like: from a capital letter (or something quoted) to the end of a sentence, perhaps with its source in brackets. */
export const SENTENCE = /^\s*[\p{Lu}\d`"“(][^]*[.!?:][)\]"”`]*(?:\s*[([][^)\]]*[)\]])*\s*$/u

const DECLARATIONS = [
  'ClassDeclaration',
  'FunctionDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'VariableDeclaration',
]

/**
 * Tells whether a statement declares something, which then needs a comment of its own.
 * @param {import('eslint').AST.Program['body'][number]} statement
 */
function isDeclaration(statement) {
  const declared = statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement
  return DECLARATIONS.includes(declared.type)
}

/**
 * The text of a doc comment without its stars and its tags.
 * @param {string} comment
 */
function textOf(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*+/, '').trim())
  const firstTag = lines.findIndex((line) => line.startsWith('@'))
  return lines
    .slice(0, firstTag === -1 ? lines.length : firstTag)
    .join('\n')
    .trim()
}

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      missing: 'Begin the module with a /** comment */ that says in a sentence what it is for.',
      shared: 'This comment belongs to the module: give what follows a comment of its own.',
    },
  },
  create: (context) => ({
    Program(program) {
      const { sourceCode } = context
      const [comment, next] = sourceCode.getAllComments().filter(({ type }) => type === 'Block')
      const [statement] = program.body
      const end = statement?.range?.[0] ?? Infinity
      const isDoc = comment?.value.startsWith('*') === true && (comment.range?.[0] ?? 0) < end
      if (!isDoc || !SENTENCE.test(textOf(comment.value))) {
        context.report({ loc: { line: 1, column: 0 }, messageId: 'missing' })
      } else if (statement !== undefined && isDeclaration(statement) && (next?.range?.[0] ?? Infinity) > end) {
        const isApart = (statement.loc?.start.line ?? 0) > (comment.loc?.end.line ?? 0) + 1
        if (!isApart) context.report({ node: statement, messageId: 'shared' })
      }
    },
  }),
}

/** The rule as a plugin, to be switched on as `ours/module-sentence`. */
export const ours = { rules: { 'module-sentence': rule } }
