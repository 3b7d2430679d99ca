/** A subscription of `accountEvents` whose document was prepared to be subscribed to again from any event on. */
export type EventSubscription = {
  /** Selects the id of each event as `eventIdKey`, and has a variable as `after`. */
  readonly query: string
  /** The name of the field in an answer: its alias, where it has one. */
  readonly field: string
  /** The name of the variable that is given as `after`. */
  readonly after: string
  /** The `after` of the document itself; undefined: the variable was there already. */
  readonly writtenAfter: string | null | undefined
  /** The variable has a default, which counts where it is not given. */
  readonly hasDefault: boolean
  /** Reads `Team.lastEventId` of the same team. Its only variable, where it has one, is `teamVariable`. */
  readonly placeQuery: string
  readonly teamVariable: string | null
}

export const eventIdKey = '_resumeId'
const ownVariable = '_resumeAfter'
const eventField = 'accountEvents'

type Token = { readonly text: string; readonly start: number; readonly end: number }
type Edit = { readonly start: number; readonly end: number; readonly text: string }
type Argument = { readonly first: Token; readonly text: string; readonly variable: string | null }
type Operation = { readonly name: string | null; readonly head: Token; readonly definitions: readonly Token[] }

/**
 * Prepares a document for `resuming`; null where the operation is another one.
 *
 * @throws {TypeError} where a document has several subscriptions or subscribes to `accountEvents` several times.
 */
export function eventSubscription(query: string, operationName?: string | null): EventSubscription | null {
  const tokens = tokensOf(query)
  const depths = depthsOf(tokens)
  const fields = tokens.flatMap((_, index) => (isEventField(tokens, depths, index) ? [index] : []))
  const operations = tokens.flatMap((_, index) => (depths[index] === '' ? (operationAt(tokens, index) ?? []) : []))
  const [field] = fields
  const [operation] = operations
  if (field === undefined || operation === undefined) return null
  if (operationName && operation.name !== operationName && operations.length === 1) return null
  if (fields.length > 1 || operations.length > 1) {
    throw new TypeError('A document that resumes has one subscription, which selects `accountEvents` once')
  }
  return prepared(query, tokens, field, operation)
}

function prepared(query: string, tokens: readonly Token[], at: number, operation: Operation): EventSubscription {
  const list = listAfter(tokens, at)
  const given = new Map(argumentsIn(query, list))
  const [after, team] = [given.get('after'), given.get('teamId')]
  const opened = tokens.slice(at + list.length).find(({ text }) => text === '{')
  if (opened === undefined) throw new TypeError('`accountEvents` needs fields of its events')
  const edits: Edit[] = [insertion(opened.end, ` ${eventIdKey}: id `)]
  const variable = after?.variable ?? ownVariable
  if (after === undefined) {
    const argument = `after: $${ownVariable}`
    edits.push(insertion(endOf(list[0] ?? tokens[at]), list.length > 0 ? `${argument} ` : `(${argument})`))
  } else if (after.variable === null) {
    edits.push({ start: after.first.start, end: after.first.start + after.text.length, text: `$${ownVariable} ` })
  }
  if (variable === ownVariable) {
    const definition = `$${ownVariable}: ID`
    const [bracket] = operation.definitions
    edits.push(insertion(endOf(bracket ?? operation.head), bracket ? `${definition} ` : `(${definition})`))
  }
  const teamDefinition = team?.variable ? definitionOf(query, operation.definitions, team.variable) : null
  return {
    query: edited(query, edits),
    field: (tokens[at - 1]?.text === ':' ? tokens[at - 2] : tokens[at])?.text ?? eventField,
    after: variable,
    writtenAfter: after === undefined ? null : after.variable === null ? idIn(after.text) : undefined,
    hasDefault: /=/.test(after?.variable ? (definitionOf(query, operation.definitions, after.variable) ?? '') : ''),
    placeQuery: `query${teamDefinition ? `(${teamDefinition})` : ''} { team${team ? `(id: ${team.text})` : ''} { lastEventId } }`,
    teamVariable: team?.variable ?? null,
  }
}

/** The brackets that are open before each token. */
function depthsOf(tokens: readonly Token[]): readonly string[] {
  let open = ''
  return tokens.map(({ text }) => {
    const before = open
    if (/^[{([]$/.test(text)) open += text
    if (/^[})\]]$/.test(text)) open = open.slice(0, -1)
    return before
  })
}

function isEventField(tokens: readonly Token[], depths: readonly string[], index: number): boolean {
  if (tokens[index]?.text !== eventField || !/^\{+$/.test(depths[index] ?? '')) return false
  const [before, last] = [tokens[index - 2]?.text, tokens[index - 1]?.text]
  const isName = last === '...' || last === '@' || (last === 'on' && before === '...')
  return !isName && tokens[index + 1]?.text !== ':'
}

function operationAt(tokens: readonly Token[], index: number): Operation | null {
  if (tokens[index]?.text !== 'subscription' || ['fragment', 'on'].includes(tokens[index - 1]?.text ?? '')) return null
  const name = isName(tokens[index + 1]) ? tokens[index + 1] : undefined
  const last = name === undefined ? index : index + 1
  return { name: name?.text ?? null, head: tokens[last] as Token, definitions: listAfter(tokens, last) }
}

/** The tokens of `( … )` right behind a token; none where there is no such list. */
function listAfter(tokens: readonly Token[], index: number): readonly Token[] {
  if (tokens[index + 1]?.text !== '(') return []
  let open = 0
  const length = tokens.slice(index + 1).findIndex(({ text }) => {
    if (/^[([{]$/.test(text)) open += 1
    if (/^[)\]}]$/.test(text)) open -= 1
    return open === 0
  })
  return tokens.slice(index + 1, length < 0 ? undefined : index + 2 + length)
}

function argumentsIn(query: string, list: readonly Token[]): readonly [string, Argument][] {
  const depths = depthsOf(list)
  const colons = list.flatMap(({ text }, index) => (text === ':' && depths[index] === '(' ? [index] : []))
  return colons.flatMap((colon, nth): [string, Argument][] => {
    const [name, first] = [list[colon - 1], list[colon + 1]]
    const last = list[(colons[nth + 1] ?? list.length) - 2]
    if (name === undefined || first === undefined || last === undefined) return []
    const variable = first.text === '$' ? (list[colon + 2]?.text ?? null) : null
    return [[name.text, { first, text: query.slice(first.start, last.end), variable }]]
  })
}

function definitionOf(query: string, definitions: readonly Token[], variable: string): string | null {
  const start = definitions.findIndex(({ text }, index) => text === '$' && definitions[index + 1]?.text === variable)
  const first = definitions[start]
  if (first === undefined) return null
  const length = definitions.slice(start + 1).findIndex(({ text }) => text === '$')
  return query.slice(first.start, definitions[length < 0 ? definitions.length - 2 : start + length]?.end)
}

/** Comments, commas and white space are no tokens. */
function tokensOf(query: string): readonly Token[] {
  const pattern = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|\.\.\.|\w+|[^\s,\ufeff]/g
  const found = [...query.matchAll(pattern)].filter(([text]) => !text.startsWith('#'))
  return found.map(({ 0: text, index }) => ({ text, start: index, end: index + text.length }))
}

const isName = (token: Token | undefined): boolean => /^[_A-Za-z]/.test(token?.text ?? '')
const endOf = (token: Token | undefined): number => token?.end ?? 0
const insertion = (at: number, text: string): Edit => ({ start: at, end: at, text })

/** The meaning of a literal of the type ID. */
function idIn(text: string): string | null {
  if (text === 'null') return null
  return text.startsWith('"""') ? text.slice(3, -3).trim() : String(text.startsWith('"') ? JSON.parse(text) : text)
}

function edited(query: string, edits: readonly Edit[]): string {
  const fromBehind = [...edits].sort((one, other) => other.start - one.start)
  return fromBehind.reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), query)
}
