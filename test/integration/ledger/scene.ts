import { createHash, randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Catalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { rulesOf } from '../../../src/catalog/rules.ts'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { type Balance, balanceOf } from '../../../src/domain/balance.ts'
import type { Charge, Refund } from '../../../src/domain/charge.ts'
import type { Answer, Command, Outcome } from '../../../src/domain/decisions/command.ts'
import type { Failure } from '../../../src/domain/errors.ts'
import type { Grant, GrantKind } from '../../../src/domain/grant.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { type Instant, purchaseId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { Caller } from '../../../src/domain/placer.ts'
import type { PaymentFailure } from '../../../src/domain/purchase.ts'
import type { World } from '../../../src/domain/rules.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import type { RulesTimeline } from '../../../src/ledger/clock/rules-timeline.ts'
import type { Submission } from '../../../src/ledger/deciding/team-state.ts'
import { createLedger, type Ledger } from '../../../src/ledger/ledger.ts'
import { createTeamReader } from '../../../src/ledger/team-reader.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { createTestDatabase } from '../../setup/database.ts'

/** One rate costs a credit a use, so that a test can spend any amount. */
export const plainText = (timeZone: string) => `
name: Plain
currency: USD
timeZone: ${timeZone}
lowThreshold: 10
rounding: { to: 0.000001, mode: half-up }
burnPriority: { INCLUDED: 0 }
notices:
  exhausted: Exhausted until {date}
  exhaustedNoGrant: Exhausted
  low: Low
  insufficient: Insufficient
  creditsAdded: Credits added
plans:
  - { id: none, name: None, topUp: true, allowances: [] }
  - { id: weekly, name: Weekly, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK, anchor: calendar }] }
  - { id: seats, name: Seats, topUp: true, allowances: [{ id: month, credits: 50, every: MONTH, perSeat: true, anchor: subscription }] }
  - { id: lined, name: Lined, topUp: true, allowances: [], creditLine: 20 }
creditLine: { perCredit: 0.02 }
packages:
  - { id: small, name: Small, credits: 100, price: 10 }
  - { id: ten, name: Ten, credits: 10, price: 3 }
categories:
  - id: all
    name: All
    rates:
      - { id: credit, name: Credit, credits: 1, unit: TOKEN }
      - { id: double, name: Double, credits: 2, unit: TOKEN }
      - { id: audit, name: Audit, credits: 1, unit: TOKEN, role: ADMIN }
      - { id: free, name: Free, free: true, unit: USE }
      - { id: metered, name: Metered, money: 0.1, unit: TOKEN, settlement: METERED }
      - { id: storage, name: Storage, credits: 0.5, unit: GB_DAY }
      - { id: archive, name: Archive, credits: 1, per: 10, unit: GB_DAY, requires: [TOP_UPS_ENABLED] }
      - { id: kept, name: Kept for free, free: true, unit: GB_DAY }
      - { id: billed, name: Billed apart, money: 0.02, settlement: METERED, unit: GB_DAY }
      - { id: start, name: Start, credits: 1, unit: TOKEN, charge: at-start }
      - { id: start-double, name: Start double, credits: 2, unit: TOKEN, charge: at-start }
      - { id: start-free, name: Start free, free: true, unit: USE, charge: at-start }
      - { id: start-metered, name: Start metered, money: 0.5, unit: TOKEN, settlement: METERED, charge: at-start }
      - { id: start-auto, name: Start auto, auto: [start, start-double], unit: TOKEN, charge: at-start }
`

export const plainIn = (timeZone: string): Catalog => parseCatalog(plainText(timeZone), 'plain.yaml')
const plainCatalog = plainIn('UTC')
/** The same catalog, with storage that is owed when the balance doesn't cover it. */
export const owingCatalog = parseCatalog(
  plainText('UTC').replace('burnPriority', 'storageAtZero: owe\nburnPriority'),
  'owing.yaml',
)

export const wevion = loadCatalog('catalogs/wevion.yaml')
export const credits = (amount: number) => BigInt(Math.round(amount * 1e6))
export const use = (amount: number, rate = 'credit'): Usage[] => [{ rate, quantity: credits(amount), count: 1 }]
export const at = (text: string): Instant => Date.parse(text)
export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

const noon = at('2026-11-18T12:00:00Z')

/** A timeline of rules that never change. */
export const wellKnown = { knows: () => true, reach: async () => undefined }

/** One world for every currency, known at every moment. */
export const always = (world: World): RulesTimeline => ({ in: () => world, ...wellKnown })

export type Scene = Awaited<ReturnType<typeof openScene>>

/** One scene for all tests of a file, opened before the first and closed after the last; each test begins at `start`. */
export function sceneOfFile(catalog?: Catalog, start: Instant = noon): Scene {
  const scene = {} as Scene
  beforeAll(async () => {
    Object.assign(scene, await openScene(catalog, start))
  })
  beforeEach(() => scene.setClock(start))
  afterAll(() => scene.close())
  return scene
}

/** A ledger on a database of its own, whose clock does not move until it is set. */
export async function openScene(
  catalog: Catalog = plainCatalog,
  start: Instant = noon,
  options: Parameters<typeof createTestDatabase>[0] = {},
) {
  const home = await createTestDatabase(options)
  const log = pino({ level: 'silent' })
  const open = () => openDatabase({ url: home.url, poolSize: 6, log })
  const [database, elsewhere] = await Promise.all([open(), open()])
  await database.pool.query(`
    create table standing_clock (instant timestamptz not null);
    create or replace function ledger_now() returns timestamptz language sql volatile as
      $$ select instant from standing_clock $$`)
  await database.pool.query('insert into standing_clock values ($1)', [new Date(start)])

  const rules = rulesOf(catalog)
  const world = always({ rulesAt: () => rules, cardOf: () => catalog.rateCard })
  const process = (own: Database): Ledger => createLedger(own, world)
  const ledger = process(database)
  const reader = createTeamReader(database, world)

  const submit = (team: TeamId, command: Command, key: string = randomUUID()): Promise<Answer> =>
    ledger.submit(submission(team, command, key))

  async function account(team: TeamId) {
    const now = await reader.read(team)
    if (now === null) throw new Error(`There is no ${team}`)
    return now
  }

  async function makeTeam(planId: string, seats: number): Promise<TeamId> {
    const team = teamId(`team-${randomUUID()}`)
    await submit(team, assignPlan(planId, { seats }))
    return team
  }
  const firstPlan = catalog.plans[0]?.id ?? ''

  return {
    database,
    ledger,
    /** Another process on the same database. */
    other: process(elsewhere),
    world,
    rules,
    submit,
    account,
    async setClock(to: Instant): Promise<void> {
      await database.pool.query('update standing_clock set instant = $1', [new Date(to)])
    },
    team: (planId = firstPlan, seats = 1) => makeTeam(planId, seats),
    /** A team on the first plan, with a package of this many credits beside the plan's deposit. */
    async teamWith(amount: number): Promise<TeamId> {
      const team = await makeTeam(firstPlan, 1)
      await submit(team, grantOf(amount, 'pack'))
      return team
    },
    async balance(team: TeamId): Promise<Balance> {
      const now = await account(team)
      return balanceOf(now.account, now.at)
    },
    /** Every grant, open or closed, by its source. */
    async grants(team: TeamId): Promise<Record<string, Record<GrantColumn, number>>> {
      const columns = ['available', 'held', 'spent', 'expired', 'revoked'] as const
      const text = `select source, ${columns.map((column) => `${column}::text`).join(', ')} from credit_grant where team_id = $1`
      const { rows } = await database.pool.query<Record<GrantColumn | 'source', string>>(text, [team])
      const inCredits = (row: Record<GrantColumn, string>) =>
        Object.fromEntries(columns.map((column) => [column, Number(BigInt(row[column])) / Number(MICRO)]))
      return Object.fromEntries(rows.map((row) => [row.source, inCredits(row) as Record<GrantColumn, number>]))
    },
    async verify(): Promise<string[]> {
      return (await verifyLedger(database)).filter(({ violations }) => violations > 0).map(({ name }) => name)
    },
    async close(): Promise<void> {
      await ledger.idle()
      await Promise.all([database.close(), elsewhere.close()])
      await home.drop()
    },
  }
}

type GrantColumn = 'available' | 'held' | 'spent' | 'expired' | 'revoked'

export const fingerprintOf = (command: Command): string =>
  createHash('sha256')
    .update(JSON.stringify(command, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))
    .digest('hex')

export const submission = (team: TeamId, command: Command, key: string | null = randomUUID()): Submission => ({
  teamId: team,
  key,
  fingerprint: fingerprintOf(command),
  command,
})

type Given<Kind extends Command['kind']> = Partial<Omit<Extract<Command, { kind: Kind }>, 'kind'>>

export const assignPlan = (planId: string, given: Given<'assign-plan'> = {}): Command => ({
  kind: 'assign-plan',
  planId,
  teamName: null,
  seats: 1,
  interval: null,
  anchor: null,
  ...given,
})
export const grantOf = (amount: number, source: string, given: Given<'grant-credits'> = {}): Command => ({
  kind: 'grant-credits',
  amount: credits(amount),
  grantKind: 'PACKAGE' satisfies GrantKind,
  expiresAt: null,
  source,
  ...given,
})
/** A backend whose spending counts for no caller. */
export const platform: Caller = { id: null, role: 'PLATFORM' }

export const charge = (amount: number, given: Given<'charge-usage'> = {}): Command => ({
  kind: 'charge-usage',
  usage: use(amount),
  reference: null,
  memberId: null,
  caller: platform,
  ...given,
})
export const placeHold = (amount: number, given: Given<'place-hold'> = {}): Command => ({
  kind: 'place-hold',
  usage: use(amount),
  expiresInSeconds: 600,
  reference: null,
  memberId: null,
  caller: platform,
  ...given,
})
/** A hold on a rate that is charged when the hold is placed. */
export const startHold = (amount: number, given: Given<'place-hold'> = {}): Command =>
  placeHold(amount, { usage: use(amount, 'start'), ...given })
export const extendHold = (hold: Hold, given: Given<'extend-hold'>): Command => ({
  kind: 'extend-hold',
  holdId: hold.id,
  usage: null,
  expiresInSeconds: null,
  caller: platform,
  ...given,
})
export const capture = (hold: Hold, amount: number, given: Given<'capture-hold'> = {}): Command => ({
  kind: 'capture-hold',
  holdId: hold.id,
  usage: use(amount),
  caller: platform,
  ...given,
})
export const settle = (
  hold: Pick<Hold, 'id'>,
  amount: number | null = null,
  given: Given<'settle-hold'> = {},
): Command => ({
  kind: 'settle-hold',
  holdId: hold.id,
  usage: amount === null ? null : use(amount),
  caller: platform,
  ...given,
})
export const release = (hold: Pick<Hold, 'id'>, caller: Caller = platform): Command => ({
  kind: 'release-hold',
  holdId: hold.id,
  reason: null,
  caller,
})
export const refund = (of: Pick<Charge, 'id'>, amount: number | null = null): Command => ({
  kind: 'refund-charge',
  chargeId: of.id,
  amount: amount === null ? null : credits(amount),
  reason: 'it failed',
})
export const clawBack = (source: string, total: number): Command => ({
  kind: 'claw-back',
  source,
  total: credits(total),
  reference: 'dispute',
  frozen: false,
  loss: null,
  reason: null,
})

/** Auto-recharge that buys a small package below 50 credits; `cap` in packages. */
export const recharge = (cap: number | null = null, given: Given<'configure-recharge'> = {}): Command => ({
  kind: 'configure-recharge',
  enabled: true,
  threshold: credits(50),
  packageId: 'small',
  monthlyCap: cap === null ? null : BigInt(cap) * 10n * NANO,
  targetBalance: null,
  maxPerDay: null,
  caller: { id: null, role: 'ADMIN' },
  ...given,
})
/** The payment of the team's recharge with this number succeeded. */
export const paid = (number: number): Command => ({
  kind: 'land-purchase',
  ofNewTeam: false,
  loss: null,
  purchase: purchaseId(number),
  cause: 'RECHARGE',
  source: `payment ${number}`,
  credits: credits(100),
  price: { amount: 10n * NANO, currency: 'USD' },
  costBasis: null,
  memberId: null,
})
/** The payment failed. */
export const unpaid = (number: number, failure: PaymentFailure): Command => ({
  kind: 'fail-purchase',
  purchase: purchaseId(number),
  price: { amount: 10n * NANO, currency: 'USD' },
  failure,
})

export const store = (amount: number, rate = 'storage'): Command => ({
  kind: 'set-stored-amount',
  caller: platform,
  rate,
  amount: credits(amount),
})
export const limit = (id: string, amount: number | null, given: Given<'set-spending-limit'> = {}): Command => ({
  kind: 'set-spending-limit',
  subject: 'MEMBER',
  id,
  per: 'DAY',
  credits: amount === null ? null : credits(amount),
  ...given,
})

export const heldBy = ({ outcome }: Answer): Hold => of(outcome, 'hold').hold
export const chargeOf = ({ outcome }: Answer): Charge => of(outcome, 'charge').charge
export const refundOf = ({ outcome }: Answer): Refund => of(outcome, 'refund').refund
export const grantedBy = ({ outcome }: Answer): Grant => of(outcome, 'grant').grant
export const failureOf = ({ outcome }: Answer): Failure => of(outcome, 'refused').failure

function of<Kind extends Outcome['kind']>(outcome: Outcome, kind: Kind): Extract<Outcome, { kind: Kind }> {
  if (outcome.kind !== kind) {
    const why = outcome.kind === 'refused' ? `: ${outcome.failure.message}` : ''
    throw new Error(`Expected a ${kind}, got ${outcome.kind}${why}`)
  }
  return outcome as Extract<Outcome, { kind: Kind }>
}
