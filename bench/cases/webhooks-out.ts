import { setTimeout as delay } from 'node:timers/promises'
import type { Act } from '../../src/domain/audit.ts'
import { memberId, type TeamId } from '../../src/domain/identity.ts'
import { Deliverer } from '../../src/partners/deliver.ts'
import { createPost } from '../../src/partners/post.ts'
import { Sender } from '../../src/partners/sender.ts'
import { createSecretBox } from '../../src/partners/signing-keys.ts'
import { createWebhooks } from '../../src/partners/webhooks.ts'
import { encodeId } from '../../src/resolvers/request/ids.ts'
import { startSigningThread } from '../../src/signing-thread.ts'
import { startSenderThread } from '../../src/webhook-thread.ts'
import { charge, type Ground, log, makeTeams, submit, withGround } from '../bench-ledger.ts'
import { type Case, type Run, rate } from '../figure.ts'
import { inTurns, median, medianRatio } from '../live/turns.ts'
import { load } from '../load.ts'
import { startProcess, stopProcess } from '../processes.ts'

const endpoints = 200
const secret = 'a secret of the benchmarks alone'
const act: Act = {
  mutation: 'createWebhookEndpoint',
  caller: { id: memberId('bench'), role: 'ADMIN' },
  credential: 'TOKEN',
  reference: null,
  address: null,
  traceId: null,
}

/** Events that are sent and recorded over 200 endpoints, and charges while they are. */
export const webhooksOut: Case = {
  name: 'webhooks-out',
  run: (run) =>
    withGround(async (ground) => {
      run.progress(`making ${endpoints} teams with an endpoint each`)
      const teams = await makeTeams(ground.ledger, endpoints)
      const { child, first } = await startProcess<{ url: string }>('receiver-process.ts', [], {})
      try {
        await makeEndpoints(ground, teams, first.url)
        await backlog(ground, teams, { ...run, seconds: 1 })
        const { perSecond, processorUs } = await backlog(ground, teams, run)
        const { charges, beside, chargesUs, besideUs } = await chargesBeside(ground, teams, run)
        return [
          {
            what: `events sent and recorded over ${endpoints} endpoints, of a backlog ÷ 10,000/s`,
            measured: rate(perSecond),
            baseline: '10,000/s',
            ratio: perSecond / 10_000,
            goal: { kind: 'at-least', floor: 0.5, aim: 1 },
          },
          {
            what: 'processor time of the sending thread for an event, in µs ÷ 100 µs, which is 10,000/s',
            measured: `${processorUs.toFixed(0)} µs`,
            baseline: '100 µs',
            ratio: processorUs / 100,
            goal: { kind: 'below', floor: 2, aim: 1 },
          },
          {
            what: `charges over ${endpoints} teams, 256 in flight, whose events are sent meanwhile ÷ charges without endpoints`,
            measured: rate(median(beside)),
            baseline: rate(median(charges)),
            ratio: medianRatio(beside, charges),
            goal: { kind: 'at-least', floor: 0.9, aim: 0.95 },
          },
          {
            what: 'processor time of the charging thread for such a charge, in µs ÷ without endpoints',
            measured: `${median(besideUs).toFixed(0)} µs`,
            baseline: `${median(chargesUs).toFixed(0)} µs`,
            ratio: medianRatio(besideUs, chargesUs),
            goal: { kind: 'below', floor: 1.1, aim: 1.05 },
          },
        ]
      } finally {
        await stopProcess(child)
      }
    }),
}

const eventId = (teamId: TeamId, at: { readonly revision: number; readonly number: number }) =>
  encodeId('Event', `${at.revision}.${at.number}`, teamId)
const noCalls = { select: async () => [], disable: async () => undefined }

async function makeEndpoints({ database }: Ground, teams: readonly TeamId[], url: string): Promise<void> {
  const views = {
    idOf: eventId,
    selectionRefusal: () => null,
    select: async () => [],
  }
  const webhooks = createWebhooks({ database, box: createSecretBox(secret), views, allowPrivate: true })
  for (const teamId of teams) await webhooks.create({ teamId, url, types: [], selection: null }, act)
  webhooks.close()
}

const startSender = ({ url }: Ground) => {
  const settings = { space: 'PRODUCTION', logLevel: 'warn', previousSecret: undefined, allowPrivate: true } as const
  const data = { ...settings, url, secret }
  return startSenderThread(data, log, noCalls)
}

async function deliveries({ database }: Ground): Promise<number> {
  const { rows } = await database.pool.query('select count(*)::float8 as count from webhook_delivery')
  return rows[0].count
}

/** Resolves with what there is to send when everything is sent. */
async function allSent({ database }: Ground): Promise<void> {
  const text = `select exists (select from webhook_position p join account a using (team_id) join webhook_endpoint e
    on e.id = p.endpoint_id where a.revision > p.revision and e.disabled_at is null) as behind`
  while ((await database.pool.query(text)).rows[0].behind) await delay(20)
}

type Backlog = { readonly perSecond: number; readonly processorUs: number }

/** The sender alone, in this process, until everything is sent; `processorUs`: the time of its thread for an event. */
async function backlog(ground: Ground, teams: readonly TeamId[], { seconds, progress }: Run): Promise<Backlog> {
  progress('charging for a backlog')
  await load(256, seconds, (index) => submit(ground.ledger, teams[index % teams.length] as TeamId, charge))
  const before = await deliveries(ground)
  const { pool } = ground.database
  const signing = startSigningThread()
  const deliverer = new Deliverer(createPost({ allowPrivate: true }), createSecretBox(secret), signing.sign)
  const cpu = process.threadCpuUsage()
  const started = performance.now()
  const sender = new Sender({ pool, log, deliverer, eventId, ...noCalls })
  await allSent(ground)
  const tookSeconds = (performance.now() - started) / 1000
  const { user, system } = process.threadCpuUsage(cpu)
  const count = (await deliveries(ground)) - before
  await sender.stop()
  await signing.stop()
  progress(`${count} events in ${tookSeconds.toFixed(1)} s`)
  return { perSecond: count / tookSeconds, processorUs: (user + system) / count }
}

/** Turns with a sender whose endpoints are disabled, and with one that sends the events of the charges. */
async function chargesBeside(ground: Ground, teams: readonly TeamId[], { seconds, progress }: Run) {
  const { database, ledger } = ground
  const sender = startSender(ground)
  let hints = false
  ledger.onCommitted(({ account }) => {
    if (hints) sender.hint(account.teamId)
  })
  const turn = async (turnSeconds: number, sends: boolean) => {
    await database.pool.query(`update webhook_endpoint set disabled_at = ${sends ? 'null' : 'now()'}`)
    const present = `update webhook_position p set revision = a.revision, number = a.last_event_number
      from account a where a.team_id = p.team_id`
    if (sends) await database.pool.query(present)
    hints = sends
    sender.refresh()
    await delay(100)
    const before = await deliveries(ground)
    const cpu = process.threadCpuUsage()
    const started = performance.now()
    const result = await load(256, turnSeconds, (index) =>
      submit(ledger, teams[index % teams.length] as TeamId, charge),
    )
    const { user, system } = process.threadCpuUsage(cpu)
    const within = (await deliveries(ground)) - before
    if (sends) await allSent(ground)
    const tookMs = performance.now() - started
    if (sends)
      progress(
        `${rate(result.perSecond)}, ${rate(within / turnSeconds)} sent meanwhile, all after ${Math.round(tookMs)} ms`,
      )
    return { perSecond: result.perSecond, processorUs: (user + system) / result.count }
  }
  const parts = [(turnSeconds: number) => turn(turnSeconds, false), (turnSeconds: number) => turn(turnSeconds, true)]
  for (const part of parts) await part(1)
  const [without = [], beside = []] = await inTurns(parts, seconds, 5)
  await sender.stop()
  return {
    charges: without.map(({ perSecond }) => perSecond),
    beside: beside.map(({ perSecond }) => perSecond),
    chargesUs: without.map(({ processorUs }) => processorUs),
    besideUs: beside.map(({ processorUs }) => processorUs),
  }
}
