import { randomUUID } from 'node:crypto'
import { HttpLine, post, type Reply } from './http-line.ts'

/**
 * Charges many teams over HTTP: `connections` at once, each after the answer to the one before (a closed loop), or
 * `perSecond` at a fixed schedule that waits for no answer (an open loop). The time of an answer counts from the
 * scheduled time of its request.
 */
export type Order =
  | { readonly loop: 'closed'; readonly connections: number; readonly seconds: number }
  | { readonly loop: 'open'; readonly perSecond: number; readonly seconds: number }

/** One answer: when its request was to be sent, in ms from the start, and how long it took. */
export type Sample = readonly [dueMs: number, tookMs: number]

export type Outcome = {
  readonly sent: number
  readonly accepted: readonly Sample[]
  readonly refused: readonly Sample[]
  /** Answers that are neither a charge nor a refusal. */
  readonly failed: number
  readonly unanswered: number
  /** The delay of the generator itself, for the slowest hundredth. */
  readonly lateMs: number
}

const [, , address = '', ...tokens] = process.argv
const url = new URL(address)
/** Answers are awaited for so long after the last request. */
const patienceMs = 10_000
const maxConnections = 8_000

const all = new Set<HttpLine>()
const free: HttpLine[] = []

function openLine(): HttpLine {
  const line = new HttpLine(url, '"__typename":"Charge"', () => {
    all.delete(line)
    const index = free.indexOf(line)
    if (index >= 0) free.splice(index, 1)
  })
  all.add(line)
  return line
}

const query = `mutation ($key: String!) { chargeUsage(input: { idempotencyKey: $key, reference: "job",
  usage: [{ rate: "tts.openai", quantity: "100" }] }) { __typename ... on Charge { id amount balance { available } } } }`

let next = 0
function request(): string {
  next += 1
  const token = tokens[next % tokens.length] ?? ''
  return post(url, token, JSON.stringify({ query, variables: { key: randomUUID() } }))
}

class Tally {
  readonly #started = performance.now()
  readonly accepted: Sample[] = []
  readonly refused: Sample[] = []
  failed = 0
  sent = 0
  readonly #late: number[] = []

  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  sends(dueMs: number): (reply: Reply) => void {
    this.sent += 1
    this.#late.push(this.elapsedMs - dueMs)
    return ({ status, found }) => {
      const sample = [dueMs, this.elapsedMs - dueMs] as const
      if (status === 200 && found) this.accepted.push(sample)
      else if (status === 503) this.refused.push(sample)
      else this.failed += 1
    }
  }

  get answered(): number {
    return this.accepted.length + this.refused.length + this.failed
  }

  outcome(): Outcome {
    const { sent, accepted, refused, failed, answered } = this
    const late = this.#late.sort((one, other) => one - other)
    const lateMs = late[Math.floor(late.length * 0.99)] ?? Number.NaN
    return { sent, accepted, refused, failed, unanswered: sent - answered, lateMs }
  }
}

function sendOne(tally: Tally, dueMs: number, done: (line: HttpLine) => void): void {
  const line = free.pop() ?? openLine()
  const count = tally.sends(dueMs)
  line.send(request(), (reply) => {
    count(reply)
    done(line)
  })
}

async function closedLoop(connections: number, seconds: number): Promise<Outcome> {
  const tally = new Tally()
  const again = (line: HttpLine): void => {
    free.push(line)
    if (tally.elapsedMs < seconds * 1000) sendOne(tally, tally.elapsedMs, again)
  }
  for (let count = 0; count < connections; count += 1) sendOne(tally, tally.elapsedMs, again)
  await untilAnswered(tally, seconds)
  return tally.outcome()
}

async function openLoop(perSecond: number, seconds: number): Promise<Outcome> {
  const tally = new Tally()
  const total = Math.floor(perSecond * seconds)
  let index = 0
  await new Promise<void>((resolve) => {
    const sendDue = () => {
      const due = Math.min(total, Math.floor((tally.elapsedMs * perSecond) / 1000) + 1)
      for (; index < due; index += 1) {
        // A connection more than there may be is a request that the generator could not send: it stays unanswered.
        if (free.length === 0 && all.size >= maxConnections) tally.sends((index / perSecond) * 1000)
        else sendOne(tally, (index / perSecond) * 1000, (line) => free.push(line))
      }
      if (index < total) setTimeout(sendDue, 1)
      else resolve()
    }
    sendDue()
  })
  await untilAnswered(tally, seconds)
  return tally.outcome()
}

async function untilAnswered(tally: Tally, seconds: number): Promise<void> {
  while (
    tally.elapsedMs < seconds * 1000 ||
    (tally.answered < tally.sent && tally.elapsedMs < seconds * 1000 + patienceMs)
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

process.send?.({ ready: true })
process.on('message', async (order: Order) => {
  const { seconds } = order
  process.send?.(
    await (order.loop === 'closed' ? closedLoop(order.connections, seconds) : openLoop(order.perSecond, seconds)),
  )
})
process.on('disconnect', () => process.exit())
