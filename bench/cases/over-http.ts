import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { signToken } from '../../src/access/tokens.ts'
import { type Case, type Figure, type Run, rate } from '../figure.ts'
import { type Ground, makeTeams, withGround } from '../ground.ts'
import { startProcess, stopProcess } from '../processes.ts'

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

/** The whole way of a request, beside the same server whose field answers with a constant. */
const overHttp = (name: string, operation: Operation, goal: Figure['goal']): Case => ({
  name,
  run: (run) =>
    withGround(async ({ ledger, url, dataDir }) => {
      const [team] = await makeTeams(ledger, 1)
      const token = await signToken(secret, { member: 'bench', team, role: 'member' }, 3600)
      const measure = (mode: 'real' | 'constant') => requestsPerSecond(run, operation, mode, { url, dataDir }, token)
      const before = await measure('constant')
      const real = await measure('real')
      const after = await measure('constant')
      const constant = (before + after) / 2
      return [
        {
          what: `${operation.field} over HTTP ÷ the same set-up with a constant`,
          measured: rate(real),
          baseline: rate(constant),
          ratio: real / constant,
          goal,
        },
      ]
    }),
})

async function requestsPerSecond(
  { seconds, progress }: Run,
  { type, field, body }: Operation,
  mode: 'real' | 'constant',
  { url, dataDir }: Pick<Ground, 'url' | 'dataDir'>,
  token: string,
): Promise<number> {
  progress(`${mode}: starting a gateway`)
  // The points of the one caller are counted, and never used up.
  const env = {
    BUDGET_MEMBER: '1000000000',
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    PORT: '0',
    AUTH_SECRET: secret,
    LOG_LEVEL: 'warn',
  }
  const { child, first } = await startProcess<{ url: string }>('gateway-process.ts', [mode, type, field], env)
  try {
    const shoot = (duration: number) =>
      autocannon({
        url: `${first.url}/graphql`,
        connections: 64,
        duration,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        requests: [{ setupRequest: (request) => ({ ...request, body: body(randomUUID()) }) }],
      })
    await shoot(2)
    progress(`${mode}: measuring`)
    const { requests, non2xx, errors } = await shoot(seconds)
    if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`)
    return requests.average
  } finally {
    await stopProcess(child)
  }
}

export const chargeOverHttp = overHttp('charge-http', chargeUsage, { kind: 'at-least', floor: 0.6, aim: 0.9 })
export const estimateOverHttp = overHttp('estimate-http', estimate, { kind: 'at-least', floor: 0.8, aim: 1 })
