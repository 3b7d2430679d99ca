import type { ChildProcess } from 'node:child_process'
import { signToken } from '../../src/access/tokens.ts'
import { makeTeams, withGround } from '../bench-ledger.ts'
import type { Order, Outcome, Sample } from '../charges-process.ts'
import { type Case, type Figure, perSecond, type Run, rate } from '../figure.ts'
import { nextMessage, startProcess, stopProcess } from '../processes.ts'

const secret = 'a secret for benchmarks alone with 32 bytes and more'
const teamCount = 200
const roundCount = 3
/** So many that the gateway is never without work, or what it can do is found too low. */
const connections = 256
/** The p99 of each stretch of this length is compared with that of the calm before. */
const stretchMs = 250
const minRecoverySeconds = 6
/** The p99 is back when it is at most so many times that of the calm before, and stays so. */
const calm = 1.5

/**
 * Charges over HTTP at half, one and two times the gateway's capacity, at a fixed schedule that waits for no answer;
 * then at half again. A closed loop in the same run finds the capacity.
 */
export const overload: Case = {
  name: 'overload',
  run: (run) =>
    withGround(async ({ ledger, url, dataDir }) => {
      const teams = await makeTeams(ledger, teamCount)
      const tokens = await Promise.all(
        teams.map((team) => signToken(secret, { member: 'bench', team, role: 'member' }, 3600)),
      )
      // The points of each caller are counted, and never used up.
      const env = { BUDGET_MEMBER: '1000000000', DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0', AUTH_SECRET: secret }
      const gateway = await startProcess<{ url: string }>('http-process.ts', ['real'], { ...env, LOG_LEVEL: 'warn' })
      const clients = await startProcess('charges-process.ts', [gateway.first.url, ...tokens], {})
      try {
        return await measure(run, clients.child, gateway.first.url)
      } finally {
        await stopProcess(clients.child)
        await stopProcess(gateway.child)
      }
    }),
}

async function measure(run: Run, clients: ChildProcess, url: string): Promise<Figure[]> {
  const { seconds, progress } = run
  const offer = async (order: Order): Promise<Outcome> => {
    const outcome = nextMessage<Outcome>(clients)
    clients.send(order)
    return outcome
  }
  progress('warming up')
  await warmUp(offer)
  const rounds: Round[] = []
  while (rounds.length < roundCount) {
    const closed = await offer({ loop: 'closed', connections, seconds })
    const capacity = closed.accepted.length / seconds
    progress(`capacity, ${connections} connections that wait for answers: ${rate(capacity)}, ${times(closed.accepted)}`)
    const step = async (factor: number, length = seconds): Promise<Step> => {
      const before = await processorMs(url)
      const outcome = await offer({ loop: 'open', perSecond: factor * capacity, seconds: length })
      const step = { ...outcome, seconds: length, processorMs: (await processorMs(url)) - before }
      progress(`${factor} × capacity: ${shown(step)}`)
      return step
    }
    const half = await step(0.5)
    const full = await step(1)
    const twice = await step(2)
    const after = await step(0.5, Math.max(seconds, minRecoverySeconds))
    const round = { capacity, half, full, twice, after }
    progress(`p99 is back after ${recoverySeconds(round).toFixed(2)} s`)
    rounds.push(round)
  }
  return figures(rounds)
}

async function processorMs(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return 1000 * Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1])
}

/** Until it gets no faster: the first requests are served by code that is not compiled yet. */
async function warmUp(offer: (order: Order) => Promise<Outcome>): Promise<void> {
  let best = 0
  for (let slower = 0; slower < 3; ) {
    const { accepted } = await offer({ loop: 'closed', connections, seconds: 2 })
    slower = accepted.length > 1.05 * best ? 0 : slower + 1
    best = Math.max(best, accepted.length)
  }
}

/** `processorMs`: what the gateway took of the processors. */
type Step = Outcome & { readonly seconds: number; readonly processorMs: number }
type Round = {
  readonly capacity: number
  readonly half: Step
  readonly full: Step
  readonly twice: Step
  readonly after: Step
}

/** The median of the rounds: others use the machine, too. */
function figures(rounds: readonly Round[]): Figure[] {
  const of = (read: (round: Round) => number) => median(rounds.map(read))
  const refusedAtTwice = rounds.some(({ twice }) => twice.refused.length > 0)
  const unanswered = rounds.flatMap(({ half, full, twice, after }) => [half, full, twice, after])
  return [
    {
      what: 'p99 of accepted charges at 2 × capacity ÷ at 1 ×',
      measured: ms(of(({ twice }) => p99(twice.accepted))),
      baseline: ms(of(({ full }) => p99(full.accepted))),
      ratio: of(({ full, twice }) => p99(twice.accepted) / p99(full.accepted)),
      goal: { kind: 'below', floor: 1.5, aim: 1.1 },
    },
    {
      what: 'p99 of accepted charges at 1 × capacity ÷ at half',
      measured: ms(of(({ full }) => p99(full.accepted))),
      baseline: ms(of(({ half }) => p99(half.accepted))),
      ratio: of(({ half, full }) => p99(full.accepted) / p99(half.accepted)),
      goal: null,
    },
    {
      what: 'charges accepted at 2 × capacity ÷ capacity',
      measured: rate(of(({ twice }) => acceptedPerSecond(twice))),
      baseline: rate(of(({ capacity }) => capacity)),
      ratio: of(({ capacity, twice }) => acceptedPerSecond(twice) / capacity),
      goal: { kind: 'at-least', floor: 0.5, aim: 0.8 },
    },
    {
      what: 'p99 of the time to a refusal at 2 × capacity, in ms',
      measured: refusedAtTwice ? ms(of(({ twice }) => p99(twice.refused))) : 'none refused',
      baseline: '–',
      ratio: of(({ twice }) => p99(twice.refused)),
      goal: { kind: 'below', floor: 50, aim: 25 },
    },
    {
      what: 'processor time of a refusal ÷ of an accepted charge',
      measured: `${(1000 * of(refusalMs)).toFixed(0)} µs`,
      baseline: `${(1000 * of(chargeMs)).toFixed(0)} µs`,
      ratio: of((round) => refusalMs(round) / chargeMs(round)),
      goal: null,
    },
    {
      what: 'share refused at half of the capacity',
      measured: `${of(({ half }) => half.refused.length)}`,
      baseline: `${of(({ half }) => half.sent)}`,
      ratio: of(({ half }) => half.refused.length / half.sent),
      goal: { kind: 'below', floor: 0.01, aim: 0.001 },
    },
    {
      what: 'requests without an answer, of all steps',
      measured: `${sum(unanswered.map((step) => step.unanswered))}`,
      baseline: `${sum(unanswered.map((step) => step.sent))}`,
      ratio: sum(unanswered.map((step) => step.unanswered)),
      goal: { kind: 'below', floor: 1, aim: 1 },
    },
    {
      what: `seconds at half after 2 × until the p99 is at most ${calm} times that of the half before`,
      measured: `${of(recoverySeconds).toFixed(2)} s`,
      baseline: '–',
      ratio: of(recoverySeconds),
      goal: { kind: 'below', floor: 5, aim: 1 },
    },
  ]
}

const acceptedPerSecond = ({ accepted, seconds }: Step) => accepted.length / seconds
/** The gateway's processor time of a charge where nothing is refused. */
const chargeMs = ({ half }: Round) => half.processorMs / half.accepted.length
/** The time at twice the capacity less that of the accepted charges, for each refusal. */
const refusalMs = (round: Round) =>
  (round.twice.processorMs - round.twice.accepted.length * chargeMs(round)) / round.twice.refused.length
const recoverySeconds = ({ half, after }: Round) => backAfterMs(after.accepted, calm * p99(half.accepted)) / 1000
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN

/** When the first stretch begins from which on every p99 is at most `highest`. */
function backAfterMs(samples: readonly Sample[], highest: number): number {
  const stretches = Map.groupBy(samples, ([dueMs]) => Math.floor(dueMs / stretchMs))
  let back = 0
  for (const [stretch, some] of stretches) if (p99(some) > highest) back = Math.max(back, (stretch + 1) * stretchMs)
  return back
}

function quantile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(([, tookMs]) => tookMs).sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}

const p99 = (samples: readonly Sample[]) => quantile(samples, 0.99)
const ms = (value: number) => `${value.toFixed(1)} ms`
const times = (samples: readonly Sample[]) =>
  samples.length === 0 ? 'none' : `p50 ${ms(quantile(samples, 0.5))}, p99 ${ms(p99(samples))}`

function shown({ sent, accepted, refused, failed, unanswered, lateMs, seconds, processorMs }: Step): string {
  const share = ((100 * refused.length) / sent).toFixed(1)
  return [
    `${rate(perSecond(sent, seconds))} sent, ${rate(perSecond(accepted.length, seconds))} accepted (${times(accepted)})`,
    `${share} % refused (${times(refused)}), ${failed} failed, ${unanswered} unanswered, clients late by ${ms(lateMs)}`,
    `${((processorMs / seconds) * 0.1).toFixed(0)} % of a processor`,
  ].join('; ')
}
