import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { signToken } from '../../src/access/tokens.ts'
import { type Ground, makeTeams, withGround } from '../bench-ledger.ts'
import { type Case, type Figure, rate } from '../figure.ts'
import { inTurns, median, medianRatio } from '../live/turns.ts'
import { nextMessage, startProcess, stopProcess } from '../processes.ts'

const secret = 'a secret for benchmarks alone with 32 bytes and more'

type Operation = { type: string; field: string; body: (id: string) => string }

const chargeUsage: Operation = {
  type: 'Mutation',
  field: 'chargeUsage',
  body: (id) =>
    JSON.stringify({
      query: `mutation ($key: String!) { chargeUsage(input: { idempotencyKey: $key, reference: "job",
        usage: [{ rate: "tts.openai", quantity: "100" }] }) { __typename ... on Charge { id amount balance { available } } } }`,
      variables: { key: id },
    }),
}

const estimate: Operation = {
  type: 'Query',
  field: 'estimate',
  body: () =>
    JSON.stringify({
      query: `{ estimate(usage: [{ rate: "image.flux-2-pro", count: 4 }]) {
        __typename ... on Estimate { total available balanceAfter sufficient blockers { code } } } }`,
    }),
}

type Mode = 'real' | 'constant' | 'stock'
type Turn = { readonly perSecond: number; readonly cpuUs: number }

/**
 * The whole way of a request, beside graphql-yoga as it documents itself and beside the gateway, whose field both answer
 * with a constant. They take turns; a ratio is the median of the turns' ratios.
 */
const overHttp = (name: string, operation: Operation, goal: Figure['goal']): Case => ({
  name,
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      const [team] = await makeTeams(ground.ledger, 1)
      const token = await signToken(secret, { member: 'bench', team, role: 'member' }, 3600)
      await using servers = new AsyncDisposableStack()
      const start = async (mode: Mode) => {
        progress(`${mode}: starting`)
        const server = servers.use(await startServer(operation, mode, ground))
        return (turnSeconds: number) => shoot(server, operation, token, turnSeconds)
      }
      const parts = [await start('real'), await start('constant'), await start('stock')]
      progress('warming up')
      for (const part of parts) await part(3)
      progress('measuring')
      const [real = [], constant = [], stock = []] = await inTurns(parts, seconds * 2, 2)

      const perSecond = (turns: readonly Turn[]) => turns.map((turn) => turn.perSecond)
      const cpu = (turns: readonly Turn[]) => turns.map((turn) => turn.cpuUs)
      const rateShown = (turns: readonly Turn[]) => rate(median(perSecond(turns)))
      const cpuShown = (turns: readonly Turn[]) => `${median(cpu(turns)).toFixed(0)} µs`
      const figures = (beside: string, baseline: readonly Turn[], rateGoal: Figure['goal']): Figure[] => [
        {
          what: `${operation.field} over HTTP ÷ ${beside} with a constant`,
          measured: rateShown(real),
          baseline: rateShown(baseline),
          ratio: medianRatio(perSecond(real), perSecond(baseline)),
          goal: rateGoal,
        },
        {
          what: 'the processor time of a request ÷ the same',
          measured: cpuShown(real),
          baseline: cpuShown(baseline),
          ratio: medianRatio(cpu(real), cpu(baseline)),
          goal: null,
        },
      ]
      return [...figures('stock graphql-yoga', stock, goal), ...figures('the gateway', constant, null)]
    }),
})

type Server = AsyncDisposable & { readonly url: string; processor(): Promise<number> }

async function startServer({ type, field }: Operation, mode: Mode, { url, dataDir }: Ground): Promise<Server> {
  // The points of the one caller are counted, and never used up.
  const env = {
    BUDGET_MEMBER: '1000000000',
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    PORT: '0',
    AUTH_SECRET: secret,
    LOG_LEVEL: 'warn',
  }
  const { child, first } = await startProcess<{ url: string }>('http-process.ts', [mode, type, field], env)
  return {
    url: first.url,
    async processor() {
      const answer = nextMessage<number>(child)
      child.send({ ask: 'processor' })
      return answer
    },
    [Symbol.asyncDispose]: () => stopProcess(child),
  }
}

async function shoot(server: Server, { body }: Operation, token: string, duration: number): Promise<Turn> {
  const before = await server.processor()
  const {
    requests,
    non2xx,
    errors,
    duration: took,
  } = await autocannon({
    url: `${server.url}/graphql`,
    connections: 64,
    duration,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    requests: [{ setupRequest: (request) => ({ ...request, body: body(randomUUID()) }) }],
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`)
  const spentUs = ((await server.processor()) - before) * 1000
  return { perSecond: requests.total / took, cpuUs: spentUs / requests.total }
}

export const chargeOverHttp = overHttp('charge-http', chargeUsage, { kind: 'at-least', floor: 0.8, aim: 1.5 })
export const estimateOverHttp = overHttp('estimate-http', estimate, { kind: 'at-least', floor: 0.8, aim: 1.5 })
