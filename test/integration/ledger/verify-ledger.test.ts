import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg, { type PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import type { Charge } from '../../../src/domain/charge.ts'
import { scopeOf } from '../../../src/domain/grant-scope.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import { takenBack } from '../../../src/domain/purchase.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import { invariants, verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { actOf } from '../../setup/acts.ts'
import {
  assignPlan,
  at,
  capture,
  charge,
  chargeOf,
  clawBack,
  credits,
  day,
  grantOf,
  heldBy,
  hour,
  limit,
  openScene,
  owingCatalog,
  placeHold,
  recharge,
  refund,
  release,
  type Scene,
  settle,
  startHold,
  store,
  submission,
  unpaid,
  use,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')

/** A team with every kind of event, and a checkpoint in the middle. */
async function eventfulTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const team = await scene.team('weekly')
  const submit = (...command: Parameters<Scene['submit']> extends [TeamId, ...infer Rest] ? Rest : never) =>
    scene.submit(team, ...command)
  await submit(grantOf(1_000, 'pack'), 'buy')
  await submit(limit('ana', 100, { per: 'WEEK' }))
  await submit(limit('backend', 100, { subject: 'CALLER' }))
  await submit({ kind: 'set-member-group', groupId: 'house', name: 'House', parentId: null })
  await submit({ kind: 'set-member-group', groupId: 'crew', name: 'Crew', parentId: 'house' })
  await submit({ kind: 'move-member', memberId: memberId('eve'), groupId: 'crew' })
  await submit(limit('house', 100, { subject: 'GROUP', per: 'MONTH' }))
  await submit(grantOf(40, 'promo', { grantKind: 'PROMOTION', expiresAt: start + 9 * day }))
  const both = chargeOf(await submit(charge(130), 'across-two-grants'))
  await submit(refund(both, 10), 'give-back')
  await submit(refund(both, 25))
  const many = Array.from({ length: 1_000 }, (_, i) => submission(team, charge(0.1), `small-${i}`))
  await scene.ledger.submitAll(many)
  await submit(charge(0, { usage: use(3, 'metered') }))
  await takeCheckpoint(scene.database, team)

  await scene.setClock(start + hour)
  const settled = heldBy(await submit(placeHold(30)))
  await submit(capture(settled, 5))
  await submit(settle(settled, 10))
  await submit(release(heldBy(await submit(placeHold(3)))))
  await submit(startHold(11, { expiresInSeconds: 30 * 86_400 }), 'charged-and-open')
  const confirmed = heldBy(await submit(startHold(12)))
  await submit(settle(confirmed), 'confirmed')
  await submit(refund({ id: Number(confirmed.id) } as Charge, 2))
  await submit(settle(heldBy(await submit(startHold(13))), 6))
  await submit(release(heldBy(await submit(startHold(14)))))
  await submit(startHold(15))
  await scene.setClock(start + 7 * day)
  await submit(charge(20))
  await submit(charge(1, { memberId: memberId('eve') }))
  await submit(clawBack('pack', 1_000))
  await submit(grantOf(70, 'next'))
  await scene.setClock(at('2026-11-30T08:00:00Z'))
  const running = heldBy(await submit(placeHold(60, { expiresInSeconds: 86_400 }), 'running'))
  await submit(capture(running, 8))
  const anas = { memberId: memberId('ana'), caller: { id: memberId('backend'), role: 'PLATFORM' } as const }
  await submit(refund(chargeOf(await submit(charge(5, anas))), 2))
  await submit(settle(heldBy(await submit(placeHold(4, { ...anas, expiresInSeconds: 86_400 }))), 1))
  await submit(placeHold(6, { ...anas, expiresInSeconds: 86_400 }))
  await submit(assignPlan('seats', { seats: 3 }))
  const act = actOf('setLowBalanceThreshold')
  const threshold = submission(team, { kind: 'set-low-threshold', threshold: null }, 'audited')
  await scene.ledger.submit({ ...threshold, origin: act, act })
  return team
}

/** A team with little credit that stores data, and owes for it. */
async function storingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const storing = await scene.team()
  await scene.submit(storing, grantOf(1.5, 'little'))
  for (const rate of ['storage', 'billed', 'kept']) await scene.submit(storing, store(4, rate))
  await scene.setClock(start + 3 * day)
  await scene.submit(storing, store(0, 'kept'))
  return storing
}

/** A team whose second attempt to recharge is being paid; the first one was declined. */
async function chargingTeam(scene: Scene): Promise<TeamId> {
  const charging = await waitingTeam(scene)
  await scene.setClock(start + 2 * hour)
  await scene.submit(charging, charge(1))
  return charging
}

/** A team whose first attempt was declined. */
async function waitingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const waiting = await scene.teamWith(60)
  await scene.submit(waiting, recharge(2))
  await scene.submit(waiting, charge(20))
  await scene.submit(waiting, unpaid(1, { kind: 'declined', reason: 'Your card was declined.' }))
  return waiting
}

/** Writes facts of a purchase by hand, as payments write them, already posted to the ledger. */
const setPurchase = (scene: Scene, team: TeamId, id: number, facts: string) =>
  scene.database.pool.query(`update purchase set ${facts}, facts = 1, posted = 1 where team_id = $1 and id = $2`, [
    team,
    id,
  ])

/** A team that bought three packages: one is still paid for, one in part, one was lost to a dispute and spent. */
async function buyingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const buying = await scene.team()
  const caller = { id: null, role: 'ADMIN' } as const
  const urls = { successUrl: null, cancelUrl: null }
  for (const [index, intent] of ['pi_paid', 'pi_parts', 'pi_lost'].entries()) {
    const buy = { packageId: 'ten', pay: 'AUTO', ...urls, memberId: null, caller } as const
    const { outcome } = await scene.submit(buying, { kind: 'begin-purchase', ...buy })
    if (outcome.kind !== 'purchase') throw new Error(`A package was not sold: ${outcome.kind}`)
    const { id: purchase, ...sold } = outcome.purchase
    const cause = index === 1 ? 'RECHARGE' : 'PURCHASE'
    const source = `stripe:${intent}`
    const paid = { cause, source, costBasis: sold.price, ofNewTeam: false, loss: null } as const
    await scene.submit(buying, { ...sold, ...paid, kind: 'land-purchase', purchase })
    await setPurchase(scene, buying, purchase, `state = 'PAID', cause = '${cause}', payment_intent = '${intent}'`)
  }
  await scene.submit(buying, charge(25))
  // A third of $3 refunded, a dispute over another third that is lost, and one that was won.
  await setPurchase(
    scene,
    buying,
    2,
    `state = 'DISPUTED', reversals = '[{"id":"dp_1","amount":"1000000000","effect":"WITHDRAWN"},
      {"id":"dp_2","amount":"999999999","effect":"RETURNED"},{"id":"re_1","amount":"1000000001","effect":"WITHDRAWN"}]'`,
  )
  const total = takenBack({ credits: credits(10), total: 3_000_000_000n }, 2_000_000_001n)
  const parts = {
    kind: 'claw-back',
    source: 'stripe:pi_parts',
    total,
    reference: 'dp_1',
    frozen: false,
    loss: null,
    reason: null,
  } as const
  await scene.submit(buying, parts)
  await setPurchase(
    scene,
    buying,
    3,
    `state = 'DISPUTED', reversals = '[{"id":"dp_3","amount":"3000000000","effect":"WITHDRAWN"},
      {"id":"re_2","amount":"1000000000","effect":"WITHDRAWN"}]'`,
  )
  await scene.submit(buying, clawBack('stripe:pi_lost', 10))
  return buying
}

/** A team whose payment was taken back and then restored, after other credits had paid the debt. */
async function disputingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const disputing = await scene.team()
  const submit = (command: Parameters<Scene['submit']>[1], key?: string) => scene.submit(disputing, command, key)
  await submit(grantOf(20, 'disputed', { expiresAt: start + 30 * day }))
  const hold = heldBy(await submit(placeHold(15)))
  await submit(clawBack('disputed', 20))
  await submit(grantOf(14, 'other'))
  await submit(settle(hold, 3), 'came back behind its charge')
  await submit(clawBack('disputed', 5))
  return disputing
}

/** A team whose seats changed within its month, with a gift that ends with the month. */
async function growingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const growing = await scene.team('seats')
  await scene.submit(growing, assignPlan('seats', { seats: 2 }))
  await scene.submit(growing, grantOf(1, 'gift', { grantKind: 'PROMOTION', expiresAt: at('2026-12-18T12:00:00Z') }))
  return growing
}

/** A team that settled beyond its balance in two months: the first one is billed. */
async function lendingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const lending = await scene.team('lined')
  const overspend = async (source: string) => {
    await scene.submit(lending, grantOf(10, source))
    await scene.submit(lending, settle(heldBy(await scene.submit(lending, placeHold(10))), 17))
  }
  await overspend('first')
  await scene.setClock(at('2026-12-05T12:00:00Z'))
  await overspend('second')
  return lending
}

/** A new team that bought 10 credits, of which a quarter is available, and used some. */
/** A team with credits for single rates beside others, spent and held on several lines. */
async function scopingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(start)
  const scoping = await scene.teamWith(100)
  const only = (...rates: string[]) => ({ scope: scopeOf([], rates) })
  await scene.submit(scoping, grantOf(5, 'unused', only('free')))
  await scene.submit(scoping, grantOf(10, 'credits', only('credit')))
  await scene.submit(scoping, grantOf(10, 'doubles', only('double')))
  await scene.submit(scoping, grantOf(20, 'all', { scope: scopeOf(['all'], []) }))
  const lines = [...use(4, 'double'), ...use(6)]
  await scene.submit(scoping, charge(0, { usage: lines }))
  const held = heldBy(await scene.submit(scoping, placeHold(0, { usage: lines })))
  await scene.submit(scoping, settle(held))
  await scene.submit(scoping, placeHold(3, { expiresInSeconds: 86_400 }))
  return scoping
}

async function lockingTeam(scene: Scene): Promise<TeamId> {
  await scene.setClock(at('2026-12-05T12:00:00Z'))
  const locking = await scene.team()
  const caller = { id: null, role: 'ADMIN' } as const
  const buy = { packageId: 'ten', pay: 'AUTO', successUrl: null, cancelUrl: null, memberId: null, caller } as const
  const { outcome } = await scene.submit(locking, { kind: 'begin-purchase', ...buy })
  if (outcome.kind !== 'purchase') throw new Error(`A package was not sold: ${outcome.kind}`)
  const { id: purchase, ...sold } = outcome.purchase
  const paid = { source: 'stripe:pi_locked', costBasis: sold.price, ofNewTeam: true, loss: null }
  await scene.submit(locking, { ...sold, ...paid, kind: 'land-purchase', purchase })
  await setPurchase(scene, locking, purchase, `state = 'PAID', payment_intent = 'pi_locked', of_new_team = true`)
  await scene.setClock(at('2026-12-05T13:00:00Z'))
  await scene.submit(locking, charge(1))
  return locking
}

/** Writes the bills of a past month as payments write them. */
async function billMonth({ database }: Scene): Promise<void> {
  await database.pool.query(`
    insert into metered_month (month, starts_at, ends_at, closed_at, found)
      values ('2026-11', '2026-11-01T00:00Z', '2026-12-01T00:00Z', now(), true);
    insert into metered_bill (team_id, month, currency, amount, lines, state, created_at, ask_at)
      select team_id, '2026-11', currency, sum(money), jsonb_agg(jsonb_build_object(
        'rate', rate, 'name', rate, 'counted', null, 'quantity', '1', 'amount', (money / 10000000)::bigint::text)), 'DUE', now(), now()
      from (select team_id, money_currency as currency, rate, sum(money_amount) as money from entry
        where money_currency is not null and effective_at < '2026-12-01T00:00Z' group by 1, 2, 3) used
      group by team_id, currency`)
}

let scene: Scene
let team: TeamId
let storing: TeamId
let charging: TeamId
let waiting: TeamId
let buying: TeamId
let disputing: TeamId
let growing: TeamId
let lending: TeamId
let locking: TeamId
let scoping: TeamId
/** Works within one transaction without guards, which is rolled back. */
let tamperer: PoolClient

beforeAll(async () => {
  const fraud = 'fraud: { newTeamCredits: { percentAtOnce: 25, restAfterHours: 24 } }'
  scene = await openScene(parseCatalog(`${owingCatalog.source}\n${fraud}\n`, 'slow.yaml'))
  await eventfulTeam(scene)
  team = await eventfulTeam(scene)
  storing = await storingTeam(scene)
  charging = await chargingTeam(scene)
  waiting = await waitingTeam(scene)
  buying = await buyingTeam(scene)
  disputing = await disputingTeam(scene)
  growing = await growingTeam(scene)
  lending = await lendingTeam(scene)
  locking = await lockingTeam(scene)
  scoping = await scopingTeam(scene)
  await billMonth(scene)
})
afterAll(() => scene.close())

describe('verify-ledger', () => {
  test('finds nothing wrong with a ledger that has seen everything', async () => {
    const verdicts = await verifyLedger(scene.database)
    expect(verdicts.filter(({ violations }) => violations > 0)).toEqual([])
    expect(verdicts.map(({ name }) => name)).toEqual(invariants.map(({ name }) => name))
  })

  test('is tested to the last invariant', () => {
    const proven = new Set(tamperings().flatMap(([, , broken]) => broken))
    expect(invariants.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([])
  })
})

describe('verify-ledger, where a superuser has tampered with rows,', () => {
  beforeAll(async () => {
    tamperer = await scene.database.pool.connect()
    await tamperer.query('begin')
    await tamperer.query(withoutGuards)
    await tamperer.query('analyze')
  })
  afterAll(async () => {
    await tamperer.query('rollback')
    tamperer.release()
  })

  for (const [tampering, sql, broken] of tamperings()) {
    test(`notices ${tampering}`, async () => {
      const verdicts = await afterTampering(sql)
      expect(verdicts.filter(({ violations }) => violations > 0).map(({ name }) => name)).toEqual(broken)
      for (const { violations, examples } of verdicts) expect(examples).toHaveLength(Math.min(violations, 20))
    })
  }

  test('counts every violation and shows some', async () => {
    const verdicts = await afterTampering(
      `update entry set change = change + 1 where type = 'CHARGE' and team_id = $team`,
    )
    const verdict = verdicts.find(({ name }) => name === 'posting-change')
    expect(verdict?.violations).toBeGreaterThan(1_000)
    expect(verdict?.examples).toHaveLength(20)
  })
})

describe('npm run verify-ledger', () => {
  test('prints a line for each invariant, and exits with 1 only where one is broken', async () => {
    const sound = await run()
    expect(sound.output.match(/^ok /gm)).toHaveLength(invariants.length)
    expect(sound.exitCode).toBe(0)
    await scene.database.pool.query('update account set owed = owed + 7 where team_id = $1', [team])
    try {
      const broken = await run()
      expect(broken.output).toMatch(/^BROKEN {2}owed-equals-entries: .*\n +1 violations, such as:\n.*"owed":/m)
      expect(broken.output.match(/^ok /gm)).toHaveLength(invariants.length - 1)
      expect(broken.exitCode).toBe(1)
    } finally {
      await scene.database.pool.query('update account set owed = owed - 7 where team_id = $1', [team])
    }
  })

  test('says in one sentence that there is no database yet, and makes none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'credits-verify-'))
    const missing = join(directory, 'data')
    const runs = [directory, missing].map((dataDir) => run({ DATA_DIR: dataDir, DATABASE_URL: '' }))
    for (const { exitCode, output } of await Promise.all(runs)) {
      expect(output).toMatch(/^There is no database in \S+: start the gateway once .*\n$/)
      expect(exitCode).toBe(1)
    }
    expect(await readdir(directory)).toEqual([])
    await rm(directory, { recursive: true })
  })

  test('says in one sentence that a database was never migrated', async () => {
    const client = new pg.Client({ connectionString: scene.database.url })
    await client.connect()
    const name = `unmigrated_${process.pid}`
    await client.query(`create database ${name}`)
    try {
      const url = Object.assign(new URL(scene.database.url), { pathname: name })
      const { exitCode, output } = await run({ DATABASE_URL: url.href })
      expect(output).toMatch(/^The database lacks the tables of this version: start the gateway once .*\n$/)
      expect(exitCode).toBe(1)
    } finally {
      await client.query(`drop database ${name} with (force)`)
      await client.end()
    }
  })

  const run = (settings: Record<string, string> = {}) =>
    new Promise<{ exitCode: unknown; output: string }>((resolve) => {
      const env = { PATH: process.env.PATH, DATABASE_URL: scene.database.url, ...settings }
      execFile(process.execPath, ['src/programs/verify-ledger.ts'], { env }, (error, stdout, stderr) =>
        resolve({ exitCode: error?.code ?? 0, output: stdout + stderr }),
      )
    })
})

/** Tampers with one team's rows as only a superuser can, verifies, and undoes it. */
async function afterTampering(sql: string) {
  const named = Object.entries({
    $team: team,
    $storing: storing,
    $charging: charging,
    $waiting: waiting,
    $buying: buying,
    $disputing: disputing,
    $growing: growing,
    $lending: lending,
    $locking: locking,
    $scoping: scoping,
  })
  await tamperer.query('savepoint sound')
  try {
    const text = named.reduce((before, [name, id]) => before.replaceAll(name, `'${id}'`), sql)
    const { rowCount } = await tamperer.query(text)
    expect(rowCount).toBeGreaterThan(0)
    return await verifyLedger({ snapshot: <T>(run: (own: PoolClient) => Promise<T>) => run(tamperer) })
  } finally {
    await tamperer.query('rollback to savepoint sound')
  }
}

/** Dropped once for all tamperings: dropping takes longer than verifying. */
const withoutGuards = `
  set local session_replication_role = replica;
  do $$ declare guard record; begin
    for guard in select conname, conrelid::regclass as owner from pg_constraint
      where contype in ('c', 'u') and conrelid::regclass::text in (
        'account', 'credit_grant', 'allowance', 'hold', 'entry', 'command', 'account_notice', 'checkpoint', 'usage_hour', 'purchase')
    loop execute format('alter table %s drop constraint %I', guard.owner, guard.conname); end loop;
  end $$;
  alter table command drop constraint command_pkey`

function tamperings(): [tampering: string, sql: string, broken: string[]][] {
  const ofTeam = 'where team_id = $team'
  const ofStoring = 'where team_id = $storing'
  const ofCharging = 'where team_id = $charging'
  const ofWaiting = 'where team_id = $waiting'
  const ofGrowing = 'where team_id = $growing'
  const recharging = (change: string, of = ofCharging) =>
    `update account set recharge = recharge || jsonb_build_object(${change}) ${of}`
  const ofBuying = 'where team_id = $buying'
  const ofDisputing = 'where team_id = $disputing'
  const ofLocking = 'where team_id = $locking'
  const ofScoping = 'where team_id = $scoping'
  const packSpends = `(select max(revision) from entry ${ofTeam} and to_state = 'spent' and from_state = 'available'
    and grant_id = (select id from credit_grant ${ofTeam} and source = 'pack'))`
  return [
    [
      'a grant that is larger than its parts',
      `update credit_grant set granted = granted + 1 ${ofTeam} and source like 'plan:weekly:%' and open`,
      ['grant-conserved', 'grant-equals-entries', 'deposited-once', 'period-within-plan'],
    ],
    [
      'credits on a closed grant',
      `update credit_grant set open = false ${ofTeam} and available > 0`,
      ['closed-grant-empty'],
    ],
    [
      'an account that has more than its grants',
      `update account set available = available + 1 ${ofTeam}`,
      ['account-sums-grants', 'account-equals-entries'],
    ],
    [
      'a grant that has more held and less available than its entries say',
      `update credit_grant set held = held + 1, available = available - 1 ${ofTeam} and source = 'plan:weekly:2026-11-30'`,
      ['account-sums-grants', 'grant-equals-entries', 'grant-held-equals-slices'],
    ],
    [
      'what was spent told as expired',
      `update credit_grant set spent = spent - 1, expired = expired + 1 ${ofTeam} and source = 'pack'`,
      ['grant-equals-entries', 'clawback-accounted'],
    ],
    ['an audit record that is gone', `delete from audit_record ${ofTeam}`, ['audited-act-recorded']],
    [
      'an audit record of another caller',
      `update audit_record set caller_id = 'somebody' ${ofTeam}`,
      ['audited-act-recorded'],
    ],
    [
      'an audit record of a command that claims none',
      `update command set audited = null ${ofTeam} and audited`,
      ['audited-act-recorded'],
    ],
    [
      'an act that is recorded twice',
      `insert into audit_record (team_id, caller_id, caller_role, credential, mutation, key, revision)
        select team_id, caller_id, caller_role, credential, mutation, key, revision from audit_record ${ofTeam}`,
      ['audited-act-recorded'],
    ],
    ['a debt that nobody posted', `update account set owed = owed + 1 ${ofTeam}`, ['owed-equals-entries']],
    [
      'a clawback that revoked nothing',
      `update credit_grant set clawed_back = clawed_back + 1 ${ofTeam} and source = 'promo'`,
      ['clawback-accounted'],
    ],
    [
      'a credit line that is owed and told nowhere',
      `update account set lent = null where team_id = $lending`,
      ['lent-equals-entries'],
    ],
    [
      'a grant of a credit line that was paid for',
      `update credit_grant set clawed_back = 0 where team_id = $lending and source like 'credit-line:%' and id =
        (select min(id) from credit_grant where team_id = $lending and source like 'credit-line:%')`,
      ['clawback-accounted', 'lent-is-owed'],
    ],
    [
      'a debt that was billed without its price',
      `update entry set money_amount = null where team_id = $lending and rate = 'credit-line'`,
      ['lent-is-owed', 'bill-equals-usage', 'bill-lines-equal-rates'],
    ],
    [
      'a debt of no grant that was taken back',
      `update entry set grant_id = null ${ofTeam} and to_state = 'owed'`,
      ['clawback-accounted', 'debt-has-cause'],
    ],
    [
      'more forgiven than was owed for a grant',
      `update entry set amount = amount + 1 ${ofDisputing} and from_state = 'owed'`,
      ['owed-equals-entries', 'clawback-accounted', 'running-balances'],
    ],
    [
      'a debt that was forgiven to no grant',
      `update entry set grant_id = null ${ofDisputing} and from_state = 'owed'`,
      ['clawback-accounted', 'debt-has-cause'],
    ],
    [
      'a grant that came back for another one',
      `update credit_grant set source = replace(source, 'restored:disputed', 'restored:other') ${ofDisputing}`,
      ['clawback-accounted', 'restored-from-clawback'],
    ],
    [
      'a grant that came back and lasts longer',
      `update credit_grant set expires_at = expires_at + interval '1 day' ${ofDisputing} and source like 'restored:%'`,
      ['restored-from-clawback'],
    ],
    [
      'a clawback that counts for less than it took',
      `update credit_grant set clawed_back = clawed_back - 1 ${ofBuying} and source = 'stripe:pi_lost'`,
      ['clawback-accounted', 'taken-back-in-proportion', 'clawback-kept'],
    ],
    [
      'a paid grant of which more is taken back than was left or used',
      `update credit_grant set clawed_back = 1, cost_amount = 1, cost_currency = 'USD' ${ofGrowing} and source = 'gift'`,
      ['clawback-accounted', 'cost-basis-is-price', 'clawback-kept', 'revenue-adds-up'],
    ],
    [
      'a grant that cost another price than was paid',
      `update credit_grant set cost_amount = cost_amount - 1 ${ofBuying} and source = 'stripe:pi_paid'`,
      ['cost-basis-is-price'],
    ],
    [
      'a grant that cost its price in another currency',
      `update credit_grant set cost_currency = 'EUR' ${ofBuying} and source = 'stripe:pi_paid'`,
      ['cost-basis-is-price'],
    ],
    [
      'a gift that cost something',
      `update credit_grant set cost_amount = 1, cost_currency = 'USD' ${ofGrowing} and source = 'gift'`,
      ['cost-basis-is-price'],
    ],
    [
      'a deposit that cost something else than its share of the invoice',
      `update credit_grant set cost_amount = 1, cost_currency = 'USD', cost_at = ledger_now() ${ofGrowing} and source = 'gift'`,
      ['deposit-cost-is-share'],
    ],
    [
      'an invoice whose deposits do not add up',
      `insert into deposit_cost (team_id, source, invoice, amount, whole, currency, starts_at)
        values ($growing, 'plan:pro:2026-11-16', 'in_1', 2, 3, 'USD', ledger_now())`,
      ['deposit-cost-is-share'],
    ],
    ['a clawback that was forgotten', `delete from clawback ${ofBuying}`, ['clawback-kept']],
    [
      'a clawback of another month',
      `update clawback set effective_at = effective_at - interval '1 month' ${ofBuying}`,
      ['clawback-kept'],
    ],
    [
      'a purchase that was paid and never arrived',
      `update purchase set payment_intent = 'pi_other' ${ofBuying} and id = 1`,
      ['paid-purchase-deposited', 'deposit-paid-for', 'cost-basis-is-price'],
    ],
    [
      'credits that are locked for a team that is not new',
      `update purchase set of_new_team = false ${ofLocking}`,
      ['locked-of-new-team'],
    ],
    [
      'credits that stay locked when their lock has ended',
      `update credit_grant set unlocks_at = starts_at + interval '1 minute' ${ofLocking} and lock_amount is not null`,
      ['grant-conserved', 'boundary-not-missed'],
    ],
    [
      'credits that are neither available nor locked',
      `update credit_grant set lock_amount = null, unlocks_at = null ${ofLocking} and lock_amount is not null`,
      ['grant-conserved'],
    ],
    [
      'scoped credits that count as available',
      `update account set available = available + 1 ${ofScoping}`,
      ['account-sums-grants', 'account-equals-entries'],
    ],
    [
      'a grant that has lost its scope',
      `update credit_grant set scope = null ${ofScoping} and source = 'all'`,
      ['account-sums-grants', 'account-equals-entries', 'running-balances', 'burn-order'],
    ],
    [
      'credits that paid for another rate than theirs',
      `update credit_grant set scope = '{"rates": ["audit"], "categories": []}' ${ofScoping} and source = 'doubles'`,
      ['scope-kept'],
    ],
    [
      'credits of a rate in a wrong category',
      `update entry set category = 'other' ${ofScoping} and category is not null`,
      ['scope-kept'],
    ],
    [
      'narrow credits that were passed over',
      `update credit_grant set scope = '{"rates": ["credit", "free"], "categories": []}' ${ofScoping} and source = 'unused'`,
      ['narrowest-first'],
    ],
    [
      'a purchase that arrived as credits of another kind',
      `update credit_grant set kind = 'PROMOTION' ${ofBuying} and source = 'stripe:pi_paid'`,
      ['paid-purchase-deposited'],
    ],
    [
      'a payment that nobody knows',
      `update credit_grant set source = 'stripe:pi_unknown' ${ofDisputing} and source = 'other'`,
      ['deposit-paid-for'],
    ],
    [
      'credits for a purchase that came to nothing',
      `update purchase set state = 'FAILED' ${ofBuying} and id = 1`,
      ['deposit-paid-for'],
    ],
    [
      'a discount that nobody counted',
      `update purchase set discount_amount = 1 ${ofBuying} and id = 1`,
      ['cost-basis-is-price'],
    ],
    [
      'a payment for a purchase that cost nothing',
      `update purchase set discount_amount = price_amount ${ofBuying} and id = 1`,
      ['free-by-discount', 'cost-basis-is-price'],
    ],
    [
      'a taxed purchase that was paid below its price',
      `update purchase set tax_behavior = 'exclusive', tax_amount = 0, total_amount = price_amount - 1 ${ofBuying} and id = 1`,
      ['paid-is-price-less-discount', 'cost-basis-is-price'],
    ],
    [
      'a purchase that another team paid for',
      `update purchase set team_id = $disputing ${ofBuying} and id = 3`,
      ['purchases-counted', 'paid-purchase-deposited', 'deposit-paid-for', 'cost-basis-is-price'],
    ],
    [
      'a warning of fraud that froze nothing',
      `update purchase set warning = 'issfr_1' ${ofBuying} and id = 1`,
      ['frozen-as-warned'],
    ],
    [
      'a review for fraud that froze nothing',
      `update purchase set review = 'OPEN' ${ofBuying} and id = 1`,
      ['frozen-as-warned'],
    ],
    [
      'a deposit of a plan that is taken back for no invoice',
      `update credit_grant set source = 'plan:pro:2026-11-01', kind = 'INCLUDED' ${ofBuying} and source = 'stripe:pi_lost'`,
      ['paid-purchase-deposited', 'taken-back-of-invoice', 'cost-basis-is-price'],
    ],
    [
      'a refund that took nothing back',
      `update purchase set reversals = '[{"id":"re_3","amount":"600","effect":"WITHDRAWN"}]' ${ofBuying} and id = 1`,
      ['taken-back-in-proportion'],
    ],
    [
      'a dispute that was won and takes back all the same',
      `update purchase set reversals = jsonb_set(reversals, '{0,effect}', '"RETURNED"') ${ofBuying} and id = 2`,
      ['taken-back-in-proportion'],
    ],
    [
      'a purchase that is gone',
      `delete from purchase ${ofBuying} and id = 2`,
      ['purchases-counted', 'deposit-paid-for', 'cost-basis-is-price'],
    ],
    [
      'a debt for nothing that was charged',
      `update entry set rate = null ${ofStoring} and to_state = 'owed'`,
      ['debt-has-cause'],
    ],
    [
      'a source that deposited twice',
      `update credit_grant set source = 'pack' ${ofTeam} and source = 'next'`,
      ['deposited-once'],
    ],
    [
      'a deposit outside its window',
      `update credit_grant set starts_at = starts_at + interval '1 millisecond' ${ofTeam} and source = 'next'`,
      ['deposited-once'],
    ],
    [
      'an entry that is missing at the end',
      `update account set revision = revision + 1 ${ofTeam}`,
      ['revisions-gapless'],
    ],
    [
      'a balance that does not follow from the one before it',
      `update entry set available_after = available_after + 1 ${ofTeam} and revision = ${packSpends}`,
      ['running-balances'],
    ],
    [
      'a posting that says it has more entries',
      `update entry set size = size + 1 ${ofTeam} and type = 'EXPIRY'`,
      ['postings-whole'],
    ],
    [
      'a posting without its closing entry',
      `update entry set posting = posting + 1 ${ofTeam} and type = 'EXPIRY'`,
      ['postings-whole', 'posting-change', 'posting-moves'],
    ],
    [
      'a posting that states another change',
      `update entry set change = change + 1 ${ofTeam} and type = 'EXPIRY'`,
      ['posting-change'],
    ],
    [
      'an expiry that calls itself a clawback',
      `update entry set type = 'CLAWBACK' ${ofTeam} and type = 'EXPIRY'`,
      ['posting-moves'],
    ],
    [
      'an entry of a grant that does not exist',
      `update entry set hold_id = 999999 ${ofTeam} and type = 'RELEASE'`,
      ['entries-have-owners', 'hold-equals-entries'],
    ],
    [
      'an amount stored by nobody',
      `update stored_amount set team_id = 'nobody' ${ofStoring} and rate = 'storage'`,
      ['entries-have-owners'],
    ],
    [
      'a notice ahead of its team',
      `update account_notice set revision = revision + 100000 ${ofTeam} and type = 'PLAN_CHANGED' and revision > 1`,
      ['notices-in-place'],
    ],
    [
      'a posting before an earlier one in the order of all teams',
      `update entry set platform_position = 1 ${ofTeam} and type = 'EXPIRY'`,
      ['platform-order-kept'],
    ],
    [
      'a notice whose number leaves one out',
      `update account_notice set number = 2 ${ofTeam} and type = 'PLAN_CHANGED' and revision = 1`,
      ['notices-in-place'],
    ],
    [
      'time that runs backwards',
      `update entry set effective_at = effective_at - interval '1 day'
        ${ofTeam} and posting = (select max(posting) from entry ${ofTeam} and type = 'CLAWBACK')`,
      ['time-never-falls'],
    ],
    [
      'a last moment before the last entry',
      `update account set last_at = last_at - interval '1 millisecond' ${ofTeam}`,
      ['time-never-falls'],
    ],
    [
      'spending from a grant that had ended',
      `update credit_grant set expires_at = '2026-11-18T12:30Z' ${ofTeam} and source = 'pack'`,
      ['spent-within-window', 'burn-order'],
    ],
    [
      'an expiry before its time',
      `update credit_grant set expires_at = null ${ofTeam} and expired > 0`,
      ['spent-within-window', 'allowance-deposits-once'],
    ],
    [
      'a limit that has counted less than was taken',
      `update spending_limit set used = used - 1 ${ofTeam} and subject = 'MEMBER'`,
      ['limit-equals-entries'],
    ],
    [
      'a limit of a group that has counted less than was taken',
      `update spending_limit set used = used - 1 ${ofTeam} and subject = 'GROUP'`,
      ['group-limit-equals-entries'],
    ],
    [
      'a group below a group that does not exist',
      `update member_group set parent_id = 'nothing' ${ofTeam} and id = 'crew'`,
      ['groups-form-trees'],
    ],
    [
      'a member of two groups',
      `update member_group set member_ids = '["eve"]' ${ofTeam} and id = 'house'`,
      ['groups-form-trees'],
    ],
    [
      'a limit of a group that does not exist',
      `update spending_limit set subject_id = 'nothing' ${ofTeam} and subject = 'GROUP'`,
      ['groups-form-trees'],
    ],
    [
      'a limit that has counted less than open holds keep',
      `update spending_limit set used = 5999999 ${ofTeam} and subject = 'CALLER'`,
      ['limit-covers-holds'],
    ],
    [
      'a hold that should have timed out',
      `update hold set expires_at = (select last_at from account ${ofTeam}) ${ofTeam} and state = 'OPEN'`,
      ['nothing-overdue', 'boundary-not-missed'],
    ],
    [
      'a boundary that would be slept through',
      `update account set next_boundary = next_boundary + interval '1 millisecond' ${ofTeam}`,
      ['boundary-not-missed'],
    ],
    [
      'a paid period that was passed over',
      `with paid as (update account set paid_through = last_at + interval '4 hours' ${ofTeam})
        update allowance set next_at = (select last_at from account ${ofTeam}) ${ofTeam} and id = 'month'`,
      ['nothing-overdue', 'boundary-not-missed', 'allowance-deposits-once'],
    ],
    ['an account that waits for nothing', `update account set next_boundary = null ${ofTeam}`, ['boundary-not-missed']],
    [
      'a day of storage that should have been charged',
      `update stored_amount set day_ends_at = (select last_at + interval '1 millisecond' from account ${ofStoring})
        ${ofStoring} and rate = 'storage'`,
      ['nothing-overdue', 'boundary-not-missed', 'storage-charged-once'],
    ],
    [
      'storage whose charge would be slept through',
      `update account set next_boundary = null ${ofStoring}`,
      ['boundary-not-missed'],
    ],
    [
      'a day of storage that was charged twice',
      `update entry set quantity = 1 ${ofStoring} and rate = 'storage' and quantity is null`,
      ['storage-charged-once'],
    ],
    [
      'a day of storage that was charged as another',
      `update entry set reference = 'storage:2026-11-16' ${ofStoring} and type = 'CHARGE'`,
      ['storage-charged-once'],
    ],
    [
      'a day of storage that was charged before its end',
      `update entry set effective_at = effective_at - interval '1 hour 1 millisecond' ${ofStoring} and revision > 1`,
      ['storage-charged-once'],
    ],
    [
      'storage that counts from after its day',
      `update stored_amount set changed_at = day_ends_at ${ofStoring} and rate = 'storage'`,
      ['storage-charged-once'],
    ],
    [
      'an allowance that deposited a period twice',
      `update credit_grant set allowance_period = 1 ${ofTeam} and allowance_id = 'week'`,
      ['allowance-deposits-once'],
    ],
    [
      'a change of seats that gave more than the plan has',
      `update credit_grant set kind = 'INCLUDED', source = 'plan:seats:month:2026-11-18:change:3' ${ofGrowing} and source = 'gift'`,
      ['period-within-plan'],
    ],
    [
      'a change of seats in a period that tells of none',
      `with told as (update allowance set total = null ${ofGrowing})
        update credit_grant set kind = 'INCLUDED', source = 'plan:seats:month:2026-11-18:change:3' ${ofGrowing} and source = 'gift'`,
      ['period-within-plan'],
    ],
    [
      'a period that tells of more than its plan has',
      `update allowance set total = jsonb_set(total, '{given}', '"1"') ${ofGrowing}`,
      ['period-within-plan'],
    ],
    [
      'a trial that no grant stands for',
      `update account set trial = '{"planId":"pro","credits":"40","grantId":1,"endsAt":9,"endedAt":9,"end":"DAYS"}' ${ofGrowing}`,
      ['trial-once'],
    ],
    [
      'a trial of which its team knows nothing',
      `update credit_grant set source = 'plan:pro:trial' ${ofGrowing} and source = 'gift'`,
      ['trial-once'],
    ],
    [
      'credits carried over that nobody had left',
      `update credit_grant set allowance_id = 'week:rollover', granted = granted + 1, available = available + 1 ${ofTeam} and source = 'plan:weekly:2026-11-30'`,
      ['account-sums-grants', 'grant-equals-entries', 'deposited-once', 'rollover-from-what-expired'],
    ],
    ['add-on units that their cycle never had', `update account set add_on_units = 2 ${ofTeam}`, ['add-on-granted']],
    [
      'windows of an allowance that overlap',
      `update credit_grant set starts_at = starts_at - interval '1 hour' ${ofTeam} and source = 'plan:weekly:2026-11-30'`,
      ['allowance-deposits-once'],
    ],
    [
      'a grant that was passed over in burn order',
      `update credit_grant set priority = -1 ${ofTeam} and source = 'promo'`,
      ['burn-order'],
    ],
    [
      'more refunded to a grant than was burned from it',
      `update entry set charge_id = (select min(revision) from entry ${ofTeam} and type = 'CHARGE' and size = 1)
        ${ofTeam} and type = 'REFUND' and change = 25000000`,
      ['refunds-within-charge', 'refunds-last-burned-first', 'outcome-exists'],
    ],
    [
      'a refund that began with what was burned first',
      `update entry set grant_id = case grant_id when (select min(id) from credit_grant ${ofTeam})
          then (select id from credit_grant ${ofTeam} and source = 'promo') else (select min(id) from credit_grant ${ofTeam}) end
        ${ofTeam} and posting = (select min(revision) from entry ${ofTeam} and type = 'CHARGE')`,
      ['grant-equals-entries', 'burn-order', 'refunds-last-burned-first', 'checkpoint-equals-entries'],
    ],
    [
      'a hold with less on its slices than remains of it',
      `update hold set slices = jsonb_set(slices, '{0,amount}', '"1"') ${ofTeam} and state = 'OPEN'`,
      ['hold-equals-slices', 'grant-held-equals-slices'],
    ],
    [
      'a closed hold that keeps something',
      `update hold set remaining = 1 ${ofTeam} and state = 'RELEASED'`,
      ['hold-equals-slices', 'hold-equals-entries'],
    ],
    [
      'a hold whose slice lies on another grant',
      `update hold set slices = jsonb_set(slices, '{0,grantId}', (select to_jsonb(id) from credit_grant ${ofTeam} and source = 'pack'))
        ${ofTeam} and state = 'OPEN'`,
      ['grant-held-equals-slices'],
    ],
    [
      'a hold that captured more than was charged',
      `update hold set captured = captured + 1 ${ofTeam} and state = 'SETTLED'`,
      ['hold-equals-entries'],
    ],
    [
      'a live session that nobody has measured',
      `update hold set pace = 5, paced_at = placed_at ${ofTeam} and state = 'OPEN' and charged is null and captured = 0`,
      ['live-session-was-measured'],
    ],
    [
      'a hold that was charged and released without a refund',
      `update hold set state = 'RELEASED' ${ofTeam} and state = 'OPEN' and charged is not null`,
      ['charged-hold-stands-or-falls'],
    ],
    [
      'a hold that counts as confirmed though its charge was given back',
      `update hold set state = 'SETTLED' ${ofTeam} and state in ('RELEASED', 'EXPIRED') and charged is not null`,
      ['charged-hold-stands-or-falls'],
    ],
    [
      'a refund by hand of a charge whose hold is open',
      `update hold set state = 'OPEN', expires_at = 'infinity' ${ofTeam} and id = (
        select charge_id from entry ${ofTeam} and change = 2000000 and type = 'REFUND' and charge_id in (select id from hold ${ofTeam} and charged is not null))`,
      ['charged-hold-stands-or-falls'],
    ],
    [
      'a hold that names the charge of another',
      `update hold set charged = jsonb_set(charged, '{id}', (select to_jsonb(max(id)) from hold ${ofTeam} and charged is not null))
        ${ofTeam} and state = 'OPEN'`,
      ['charged-hold-stands-or-falls'],
    ],
    [
      'a hold that tells otherwise what its charge burned',
      `update hold set charged = jsonb_set(charged, '{movements,0,amount}', '"1"') ${ofTeam} and state = 'OPEN'`,
      ['charged-hold-stands-or-falls'],
    ],
    [
      'a hold that does not know it was charged',
      `update hold set charged = null ${ofTeam} and state = 'OPEN'`,
      ['charged-hold-stands-or-falls'],
    ],
    [
      'a charge at the start that was given back by nobody of its hold',
      `update entry set hold_id = null ${ofTeam} and type = 'REFUND' and hold_id is not null`,
      ['hold-equals-entries', 'charged-hold-stands-or-falls'],
    ],
    [
      'a hold charged at its start with another amount',
      `update hold set amount = amount + 1 ${ofTeam} and state = 'EXPIRED'`,
      ['hold-equals-entries'],
    ],
    [
      'a confirmed charge promised to another key as well',
      `update command set outcome = (select outcome from command ${ofTeam} and key = 'confirmed') ${ofTeam} and key = 'small-2'`,
      ['outcome-exists'],
    ],
    [
      'a charge promised that is another posting',
      `update command set outcome = jsonb_set(outcome, '{id}', '1') ${ofTeam} and key = 'small-3'`,
      ['outcome-exists'],
    ],
    [
      'a charge promised to a key that came later',
      `with gone as (delete from command ${ofTeam} and key = 'small-5' returning outcome)
        update command set outcome = (select outcome from gone) ${ofTeam} and key = 'small-6'`,
      ['outcome-exists'],
    ],
    [
      'an outcome from a revision that never was',
      `update command set revision = 999999 ${ofTeam} and outcome ->> 'kind' = 'done'`,
      ['one-outcome-a-key', 'audited-act-recorded'],
    ],
    [
      'a key with two outcomes',
      `insert into command select * from command ${ofTeam} and outcome ->> 'kind' = 'done' limit 1`,
      ['one-outcome-a-key'],
    ],
    [
      'one charge promised to two keys',
      `update command set revision = (select revision from command ${ofTeam} and key = 'small-1') ${ofTeam} and key = 'small-2'`,
      ['outcome-exists'],
    ],
    [
      'a hold that was promised and is not there',
      `update command set outcome = jsonb_set(outcome, '{hold,id}', '999999') ${ofTeam} and key = 'running'`,
      ['outcome-exists'],
    ],
    [
      'a grant that was promised larger',
      `update command set outcome = jsonb_set(outcome, '{grant,granted}', '"1"') ${ofTeam} and key = 'buy'`,
      ['outcome-exists'],
    ],
    [
      'a refund that was promised larger',
      `update command set outcome = jsonb_set(outcome, '{amount}', '"1"') ${ofTeam} and key = 'give-back'`,
      ['outcome-exists'],
    ],
    [
      'a checkpoint that tells a grant otherwise',
      `update checkpoint set grants = jsonb_set(grants, '{0,available}', '"1"') ${ofTeam}`,
      ['checkpoint-equals-entries'],
    ],
    [
      'a checkpoint that leaves out a grant',
      `update checkpoint set grants = grants - -1 ${ofTeam}`,
      ['checkpoint-equals-entries'],
    ],
    ['an hour that was counted twice', `update usage_hour set count = count * 2 ${ofTeam}`, ['usage-equals-entries']],
    [
      'a posting that is not found by its rate',
      `delete from posting_facet ${ofTeam} and facet = 'rate'`,
      ['facets-equal-entries'],
    ],
    [
      'a posting that is found by a member who did not do it',
      `update posting_facet set value = 'nobody' ${ofTeam} and facet = 'type' and value = 'REFUND'`,
      ['facets-equal-entries'],
    ],
    [
      'a posting that is not found by its reference',
      `delete from posting_facet ${ofTeam} and facet = 'reference'`,
      ['facets-equal-entries'],
    ],
    [
      'a charge that is found by a grant that paid nothing of it',
      `update posting_facet set value = value || '000000' ${ofTeam} and facet = 'grant'`,
      ['facets-equal-entries'],
    ],
    [
      'a refund of another job than its charge',
      `update entry set reference = 'another' ${ofTeam} and type = 'REFUND'`,
      ['refund-names-its-charge', 'facets-equal-entries'],
    ],
    [
      'tags of what is no line',
      `update entry set tags = '{"project": "a"}' ${ofTeam} and type = 'EXPIRY'`,
      ['tags-of-lines'],
    ],
    [
      'a caller of what is no charge',
      `update entry set caller_id = 'robot' ${ofTeam} and type = 'EXPIRY'`,
      ['caller-of-charge'],
    ],
    [
      'an hour in which more was used',
      `update usage_hour set quantity = quantity + 1 ${ofTeam} and rate = 'credit'`,
      ['usage-equals-entries'],
    ],
    [
      'an hour that costs more money',
      `update usage_hour set money = money + 1 ${ofTeam} and currency = 'USD'`,
      ['usage-equals-entries'],
    ],
    [
      'money of another currency',
      `update usage_hour set currency = 'EUR' ${ofTeam} and currency = 'USD'`,
      ['usage-equals-entries'],
    ],
    [
      'a purchase in another currency than that of its team',
      `update purchase set price_currency = 'EUR' ${ofBuying} and id = 1`,
      ['team-pays-in-one-currency', 'cost-basis-is-price'],
    ],
    [
      'a recharge that buys in another currency',
      recharging(`'currency', 'EUR'`),
      ['recharge-within-cap', 'team-pays-in-one-currency'],
    ],
    [
      'metered use and a bill in another currency than the team has chosen',
      `update account set currency = 'EUR' ${ofTeam}`,
      ['team-pays-in-one-currency'],
    ],
    [
      'credits that are lent at a price in another currency',
      `update account set lent = jsonb_set(lent, '{perCredit,currency}', '"EUR"') where team_id = $lending`,
      ['team-pays-in-one-currency'],
    ],
    ['a purchase that is not written', `delete from purchase ${ofCharging} and id = 1`, ['purchases-counted']],
    ['a purchase that is not counted', `update account set purchases = 1 ${ofCharging}`, ['purchases-counted']],
    ['a purchase of nobody', `update purchase set team_id = 'nobody' ${ofWaiting}`, ['purchases-counted']],
    ['a recharge that pays an earlier purchase', recharging(`'attempt', 1`), ['recharge-pays-last-purchase']],
    ['a recharge that pays no purchase', recharging(`'attempt', 3`), ['recharge-pays-last-purchase']],
    [
      'a recharge that pays what somebody bought',
      `update purchase set cause = 'PURCHASE' ${ofCharging} and id = 2`,
      ['recharge-pays-last-purchase'],
    ],
    ...['ARMED', 'CAPPED', 'ACTION_REQUIRED'].map((state): [string, string, string[]] => [
      `a recharge that pays while it is ${state}`,
      recharging(`'state', '${state}'`),
      ['recharge-pays-last-purchase'],
    ]),
    ['a loss that has paused nothing', recharging(`'loss', 'DISPUTED'`), ['recharge-pays-last-purchase']],
    ['a recharge that charges nothing', recharging(`'attempt', null`), ['recharge-pays-last-purchase']],
    ...['OFF', 'PAUSED'].map((state): [string, string, string[]] => [
      `a recharge that waits while it is ${state}`,
      recharging(`'state', '${state}'`, ofWaiting),
      ['recharge-pays-last-purchase'],
    ]),
    ['a month that has spent more than its cap', recharging(`'monthlyCap', '9999999999'`), ['recharge-within-cap']],
    [
      'a month that has spent more than was bought',
      recharging(`'monthlyCap', null, 'spent', '20000000001'`),
      ['recharge-within-cap'],
    ],
    [
      'a month of which no cap holds more than it spent',
      recharging(`'uncapped', '10000000001'`),
      ['recharge-within-cap'],
    ],
    [
      'a recharge that should have been tried again',
      recharging(`'retryAt', (extract(epoch from last_at) * 1000)::bigint`, ofWaiting),
      ['nothing-overdue', 'boundary-not-missed'],
    ],
    [
      'a recharge whose next attempt would be slept through',
      `update account set next_boundary = null ${ofWaiting}`,
      ['boundary-not-missed'],
    ],
    ['an hour that was not counted', `delete from usage_hour ${ofTeam}`, ['usage-equals-entries']],
    ['a month that was not billed', `delete from metered_bill ${ofTeam}`, ['bill-equals-usage']],
    [
      'a bill for a month in which nothing was used',
      `update metered_month set ends_at = '2026-11-18T00:00Z'`,
      ['bill-equals-usage', 'bill-lines-equal-rates'],
    ],
    [
      'a bill of a cent more',
      `update metered_bill set amount = amount + 10000000 ${ofTeam}`,
      ['bill-equals-usage', 'bill-lines-add-up'],
    ],
    [
      'a line of a cent more',
      `update metered_bill set lines = jsonb_set(lines, '{0,amount}', to_jsonb(((lines #>> '{0,amount}')::bigint + 1)::text)) ${ofTeam}`,
      ['bill-lines-add-up', 'bill-lines-equal-rates'],
    ],
    [
      'a rate that was billed twice',
      `update metered_bill set lines = lines || jsonb_set(lines -> 0, '{amount}', '"0"') ${ofTeam}`,
      ['bill-lines-equal-rates'],
    ],
    [
      'a line for another rate',
      `update metered_bill set lines = jsonb_set(lines, '{0,rate}', '"image"') ${ofTeam}`,
      ['bill-lines-equal-rates'],
    ],
    [
      'a bill that carries more than was left to it',
      `update metered_bill set carried = carried + 10000000 ${ofTeam}`,
      ['bill-carries-what-was-left'],
    ],
    [
      'a bill that is taken over by none',
      `update metered_bill set state = 'CARRIED', ask_at = null, carried_to = '2027-01' ${ofTeam}`,
      ['bill-left-to-the-next'],
    ],
    [
      'an unpaid bill that the account does not know',
      `update metered_bill set state = 'OPEN', invoice = 'in_1', overdue_at = now() ${ofTeam}`,
      ['unpaid-bills-known'],
    ],
  ]
}
