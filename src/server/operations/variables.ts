import { RequestFault } from '../../access/faults.ts'

/** Values in all variables of a request, lists and objects included. 1,000 events with 10 lines of usage take 46,000. */
export const maxVariableNodes = 50_000
/** Lists and objects inside one another, in the variables of a request. */
export const maxVariableDepth = 32

/** Why the variables are too many or too deep to be read; null: they are not. Variables that the document lacks count, too. */
export function variablesRefusal(variables: unknown): RequestFault | null {
  const limit = brokenSizeLimit(variables)
  if (limit === null) return null
  return new RequestFault('BAD_USER_INPUT', `The variables of a request have at most ${limit}: send less at once.`)
}

/** Which limit a client's JSON breaks, in words; null: none. Code that recurses over JSON overflows the stack where it is too deep. */
export function brokenSizeLimit(json: unknown): string | null {
  let nodes = 0
  const waiting = [{ value: json, depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > maxVariableDepth) return `${maxVariableDepth} levels of lists and objects`
    const children = Array.isArray(value) ? value : Object.values(value)
    nodes += children.length
    if (nodes > maxVariableNodes) return `${maxVariableNodes} values`
    for (const child of children) {
      if (typeof child === 'object') waiting.push({ value: child, depth: depth + 1 })
    }
  }
  return null
}
