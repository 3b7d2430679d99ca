import { setTimeout as delay } from 'node:timers/promises'
import type { BackgroundLoop, Change, Memory } from './asks.ts'
import { machineMs } from './clock.ts'

const changeEveryMs = 10

/** One round after another for this long, at least one; each returns the revision that it sends. */
export async function roundsFor(seconds: number, round: () => Promise<number>): Promise<BackgroundLoop> {
  const until = machineMs() + seconds * 1000
  let [rounds, revision] = [0, 0]
  do {
    revision = await round()
    rounds += 1
  } while (machineMs() < until)
  return { rounds, revision }
}

/** A change of a random team every 10 ms, whether the one before is done or not. */
export async function changesFor(
  teams: readonly string[],
  seconds: number,
  change: (team: string) => Promise<Change> | Change,
): Promise<readonly Change[]> {
  const started = machineMs()
  const changes: (Promise<Change> | Change)[] = []
  for (let count = 0; count < (seconds * 1000) / changeEveryMs; count++) {
    const wait = started + count * changeEveryMs - machineMs()
    if (wait > 0) await delay(wait)
    const team = teams[Math.floor(Math.random() * teams.length)]
    if (team === undefined) throw new Error('No team')
    changes.push(change(team))
  }
  return Promise.all(changes)
}

/** The memory after a garbage collection: memory that V8 keeps for later would hide the sockets' part. */
export async function memoryNow(): Promise<Memory> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('Start this process with --expose-gc')
  for (let time = 0; time < 3; time++) {
    await delay(200)
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed + external }
}

/** The processor time of this process so far, in milliseconds. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
