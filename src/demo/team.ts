import type { Catalog } from '../catalog/catalog.ts'
import { hasAmount } from '../catalog/words.ts'
import type { Database } from '../database/open.ts'
import { MICRO } from '../domain/amounts/credits.ts'
import type { Answer, Command } from '../domain/decisions/command.ts'
import { memberId, teamId } from '../domain/identity.ts'
import type { Rate } from '../domain/rate-card.ts'
import type { Usage } from '../domain/usage.ts'
import type { Ledger } from '../ledger/ledger.ts'

export const demoTeam = teamId('demo')
const ana = memberId('ana')
const ben = memberId('ben')
const caller = { id: null, role: 'PLATFORM' } as const

/**
 * Makes the team `demo` with some history, if the database has no team yet. The ledger's own commands make it, each
 * under a key of its own, so that gateways that start together make it once. Returns whether it was made here.
 */
export async function makeDemoTeam(database: Database, ledger: Ledger, catalog: Catalog): Promise<boolean> {
  const { rowCount } = await database.pool.query('select 1 from account limit 1')
  if (rowCount !== 0) return false
  const plan = catalog.plans.find(({ id }) => id === 'pro') ?? catalog.plans[0]
  if (plan === undefined) return false
  const ask = (key: string, command: Command): Promise<Answer> =>
    ledger.submit({ teamId: demoTeam, key: `demo:${key}`, fingerprint: '00', command })

  const { id: planId } = plan
  await ask('plan', { kind: 'assign-plan', planId, teamName: 'Demo team', seats: 3, interval: null, anchor: null })
  await ask('welcome', {
    kind: 'grant-credits',
    amount: 5_000n * MICRO,
    grantKind: 'PROMOTION',
    expiresAt: null,
    source: 'sales:welcome',
  })
  await ask('contract', {
    kind: 'create-contract',
    reference: 'ACME-42',
    credits: 2_000n * MICRO,
    cadence: 'MONTH',
    rollover: 'none',
    creditLine: null,
    startsAt: null,
    endsAt: null,
  })
  const rates = usableRates(catalog, planId)
  for (const [index, rate] of rates.entries()) {
    const member = index % 2 === 0 ? ana : ben
    await ask(`charge:${rate.id}`, chargeOf([usageOf(rate)], `conversation-${index + 1}`, member))
  }
  await ask('limit', { kind: 'set-spending-limit', subject: 'MEMBER', id: ben, per: 'WEEK', credits: 5_000n * MICRO })
  const [first] = rates
  if (first === undefined) return true
  await hold(ask, 'settled', first, (holdId) => ({ kind: 'settle-hold', holdId, usage: [usageOf(first)], caller }))
  await hold(ask, 'released', first, (holdId) => ({ kind: 'release-hold', holdId, reason: 'cancelled', caller }))
  const mistaken = await ask('charge:mistaken', chargeOf([usageOf(first)], 'job-mistaken', ben))
  if (mistaken.outcome.kind === 'charge') {
    const { id: chargeId } = mistaken.outcome.charge
    await ask('refund', { kind: 'refund-charge', chargeId, amount: null, reason: 'The image was blank' })
  }
  return true
}

type Ask = (key: string, command: Command) => Promise<Answer>
type HoldId = Extract<Command, { kind: 'settle-hold' }>['holdId']

async function hold(ask: Ask, name: string, rate: Rate, close: (id: HoldId) => Command): Promise<void> {
  const usage = [{ ...usageOf(rate), quantity: 2n * usageOf(rate).quantity }]
  const { outcome } = await ask(`hold:${name}`, {
    kind: 'place-hold',
    usage,
    expiresInSeconds: 600,
    reference: `job-${name}`,
    memberId: ana,
    caller,
  })
  if (outcome.kind === 'hold') await ask(`close:${name}`, close(outcome.hold.id))
}

/** One rate of each category that has a price and that a member of a team on the plan may use. */
const usableRates = ({ rateCard }: Catalog, planId: string): Rate[] =>
  rateCard.categories.flatMap(({ rates }) =>
    rates
      .filter((rate) => {
        const { requires, plans, role } = rate
        const onPlan = !requires.includes('PLAN') || plans.includes(planId)
        return hasAmount(rate) && role === 'MEMBER' && onPlan && !requires.includes('TOP_UPS_ENABLED')
      })
      .slice(0, 1),
  )

const usageOf = ({ id, per }: Rate): Usage => ({ rate: id, quantity: per, count: 1 })

const chargeOf = (usage: Usage[], reference: string, member: typeof ana): Command => ({
  kind: 'charge-usage',
  usage,
  reference,
  memberId: member,
  caller,
})
