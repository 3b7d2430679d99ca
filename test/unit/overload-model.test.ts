import { describe, expect, test } from 'vitest'
import { limitAfter, restingLimit } from '../../src/server/limits/operation-limit.ts'

/**
 * A gateway in a model of its time, so that no other work of the machine counts: one loop that receives operations,
 * sends batches to a database and reads its answers.
 */
type Machine = {
  /** The loop's time for an operation and for a refusal. */
  readonly operationMs: number
  readonly refusalMs: number
  /** The database's time for a batch and for each command in it. */
  readonly batchMs: number
  readonly commandMs: number
  /** The operations that the gateway can do in a millisecond. */
  readonly capacity: number
}

const pollEveryMs = 10
const parallelBatches = 4
const partOfArrival = 0.65
const seconds = 6
/** The time until the limit is stable. */
const settledMs = 2_000

const quick: Machine = { operationMs: 0.2, refusalMs: 0.04, batchMs: 5, commandMs: 0.02, capacity: 5 }
const slowDatabase: Machine = { ...quick, batchMs: 60 }
const databaseBound: Machine = { ...quick, batchMs: 10, commandMs: 2, capacity: 1.8 }

type Batch = { readonly doneAt: number; readonly dueAts: readonly number[] }

/** A run of some seconds at a multiple of the capacity, and its measurements after the limit is stable. */
class Model {
  readonly #machine: Machine
  readonly #perMs: number
  #limit = restingLimit(0)
  #at = 0
  #lookedAt = 0
  #sent = 0
  #underWay = 0
  #most = 0
  #answeredAt = 0
  #fastestMs: number | null = null
  #waiting: number[] = []
  #batches: Batch[] = []
  readonly acceptedMs: number[] = []
  readonly refusedMs: number[] = []

  constructor(machine: Machine, times: number) {
    this.#machine = machine
    this.#perMs = times * machine.capacity
    while (this.#at < seconds * 1_000) this.#turn()
  }

  #turn(): void {
    const done = this.#batches.filter(({ doneAt }) => doneAt <= this.#at).flatMap(({ dueAts }) => dueAts)
    this.#batches = this.#batches.filter(({ doneAt }) => doneAt > this.#at)
    let busyMs = done.length * this.#machine.operationMs * (1 - partOfArrival)
    for (const dueAt of done) this.#fastestMs = Math.min(this.#fastestMs ?? Infinity, this.#at - dueAt)
    if (done.length > 0) this.#answeredAt = this.#at
    for (; this.#sent / this.#perMs <= this.#at; this.#sent += 1)
      busyMs += this.#takes(this.#sent / this.#perMs, busyMs)
    this.#sendBatches(this.#at + busyMs)
    this.#at = busyMs > 0 ? this.#at + busyMs : this.#nextAt()
    this.#underWay -= done.length
    for (const dueAt of done) if (dueAt > settledMs) this.acceptedMs.push(this.#at - dueAt)
    if (this.#at - this.#lookedAt >= pollEveryMs) this.#look()
  }

  #takes(dueAt: number, busyMs: number): number {
    const { operationMs, refusalMs } = this.#machine
    if (this.#underWay >= this.#limit.operations) {
      if (dueAt > settledMs) this.refusedMs.push(this.#at + busyMs + refusalMs - dueAt)
      return refusalMs
    }
    if (this.#underWay === 0) this.#answeredAt = this.#at
    this.#underWay += 1
    this.#most = Math.max(this.#most, this.#underWay)
    this.#waiting.push(dueAt)
    return operationMs * partOfArrival
  }

  #sendBatches(at: number): void {
    const { batchMs, commandMs } = this.#machine
    while (this.#waiting.length > 0 && this.#batches.length < parallelBatches) {
      const count = Math.ceil(this.#waiting.length / (parallelBatches - this.#batches.length))
      const dueAts = this.#waiting.splice(0, count)
      this.#batches.push({ doneAt: at + batchMs + commandMs * count, dueAts })
    }
  }

  #nextAt(): number {
    const nexts = [this.#sent / this.#perMs, this.#lookedAt + pollEveryMs, ...this.#batches.map(({ doneAt }) => doneAt)]
    return Math.max(this.#at + 0.01, Math.min(...nexts))
  }

  #look(): void {
    const look = {
      loopDelayMs: this.#at - this.#lookedAt - pollEveryMs,
      commandMs: this.#fastestMs,
      silentMs: this.#underWay === 0 ? 0 : this.#at - this.#answeredAt,
      maxUnderWay: this.#most,
    }
    this.#limit = limitAfter(this.#limit, look, this.#at)
    this.#lookedAt = this.#at
    this.#fastestMs = null
    this.#most = this.#underWay
  }
}

const p99 = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * 0.99)] ?? Number.NaN

/** The accepted operations, as a part of the capacity. */
const share = ({ acceptedMs }: Model, { capacity }: Machine) =>
  acceptedMs.length / (seconds * 1_000 - settledMs) / capacity

describe.each([
  ['with a quick database', quick, 0.6],
  ['with a slow database', slowDatabase, 0.3],
  ['whose database is what it waits for', databaseBound, 0.6],
])('a model of a gateway %s', (_, machine, least) => {
  const half = new Model(machine, 0.5)
  const full = new Model(machine, 1)
  const twice = new Model(machine, 2)

  test('refuses nothing at half of its capacity', () => {
    expect(half.refusedMs).toEqual([])
  })

  test('at twice its capacity answers what it accepts within ten times the p99 at half, and within 400 ms', () => {
    expect(p99(twice.acceptedMs)).toBeLessThan(Math.min(400, 10 * p99(half.acceptedMs)))
  })

  test('at twice its capacity refuses within 50 ms, and still does most of what it can', () => {
    expect(p99(twice.refusedMs)).toBeLessThan(50)
    expect(share(twice, machine)).toBeGreaterThan(least)
  })

  test('at its capacity does nearly all it can', () => {
    expect(share(full, machine)).toBeGreaterThan(0.85)
  })
})
