import { buildSchema, execute, GraphQLError, parse } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { RequestFault } from '../../src/access/faults.ts'
import { createMasking } from '../../src/server/operations/masking.ts'

const schema = buildSchema('type Query { count(least: Int! = 1): Int, name: String! }')

/** The only error of a query, as a client gets it, and what was logged. */
async function masked(query: string, rootValue: object, variableValues: Record<string, unknown> = {}) {
  const lines: string[] = []
  const mask = createMasking(pino({ level: 'error' }, { write: (line) => void lines.push(line) }))
  const { errors = [] } = await execute({ schema, document: parse(query), rootValue, variableValues })
  const told = errors.map((error) => mask(error))
  return { told, lines, mask, errors }
}

describe('masking', () => {
  it('hides and logs a value that its type can not have', async () => {
    const { told, lines } = await masked('{ count }', { count: 5_000_000_000 })
    expect(told[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
    expect(told[0]?.message).not.toContain('5000000000')
    expect(told[0]?.path).toEqual(['count'])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('32-bit')
  })

  it('hides and logs null where there must be something', async () => {
    const { told, lines } = await masked('{ name }', { name: null })
    expect(told[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
    expect(lines).toHaveLength(1)
  })

  it('passes faults of the request', async () => {
    const fault = new RequestFault('BAD_USER_INPUT', 'Give another name.')
    const thrown = await masked('{ name }', {
      name: () => {
        throw fault
      },
    })
    expect(thrown.told[0]?.extensions.code).toBe('BAD_USER_INPUT')
    const argument = await masked('query ($least: Int) { count(least: $least) }', { count: 1 }, { least: null })
    expect(argument.told[0]?.message).toContain('least')
    expect([...thrown.lines, ...argument.lines]).toEqual([])
    expect(thrown.mask(new GraphQLError('Syntax Error')).message).toBe('Syntax Error')
  })

  it('logs one defect once, however many are told of it', () => {
    const lines: string[] = []
    const mask = createMasking(pino({ level: 'error' }, { write: (line) => void lines.push(line) }))
    const defect = new Error('lost')
    const [one, other] = [mask(defect), mask(defect)]
    expect(one.extensions.traceId).toBe(other.extensions.traceId)
    expect(lines).toHaveLength(1)
  })
})
