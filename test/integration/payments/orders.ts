import pino from 'pino'
import type { Stripe } from 'stripe'
import { openSandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { memberId, purchaseId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import { openCatalogs } from '../../../src/ledger/catalogs/open-catalogs.ts'
import { publishFile } from '../../../src/ledger/catalogs/publish-file.ts'
import { createLedger } from '../../../src/ledger/ledger.ts'
import { createTeamReader } from '../../../src/ledger/team-reader.ts'
import { PurchaseAdvancer } from '../../../src/payments/advance-purchase.ts'
import { createCustomers } from '../../../src/payments/customers.ts'
import { InvoiceCosts } from '../../../src/payments/invoice-costs.ts'
import { BillStates } from '../../../src/payments/metered-bill-states.ts'
import { fromMinorUnits } from '../../../src/payments/minor-units.ts'
import { createOtherPayments } from '../../../src/payments/other-payments.ts'
import { PaidInvoices } from '../../../src/payments/paid-invoices.ts'
import { readPurchase } from '../../../src/payments/purchase-rows.ts'
import { createPushedPrices } from '../../../src/payments/pushed-prices.ts'
import { createFactRecorder } from '../../../src/payments/record-facts.ts'
import { Refunds } from '../../../src/payments/refunds.ts'
import { ReversedInvoices } from '../../../src/payments/reversed-invoices.ts'
import { handledTypes, StripeEvents } from '../../../src/payments/stripe-events.ts'
import { tagOf } from '../../../src/payments/stripe-metadata.ts'
import { Subscriptions } from '../../../src/payments/subscriptions.ts'
import { createTestDatabase } from '../../setup/database.ts'
import { type Echo, openEchoes } from './echoes.ts'
import type { Story } from './stories.ts'

export type Orders = Awaited<ReturnType<typeof openOrders>>

/** A story as it was lived, and the events that told it, oldest first. */
export type Lived = {
  readonly story: Story
  readonly team: TeamId
  readonly tag: string
  readonly customer: string
  readonly events: readonly Stripe.Event[]
}

/** The name of a purchase at Stripe follows from these. */
type Begun = Parameters<typeof tagOf>[0]

const id = purchaseId(1)
const starter = { packageId: 'starter' } as const
/** The operator's act, as the audit log has it. */
const act = {
  mutation: 'refundPurchase',
  caller: { id: memberId('operator'), role: 'PLATFORM' },
  credential: 'TOKEN',
  reference: null,
  address: null,
  traceId: null,
} as const

/** Two gateways' payments on one database, without the work in the background: what happens when is for the test to say. */
export async function openOrders(catalog: WholeCatalog = loadCatalog('catalogs/wevion.yaml')) {
  const own = await createTestDatabase()
  const log = pino({ level: 'silent' })
  const database = await openDatabase({ url: own.url, poolSize: 16, log })
  const catalogs = await openCatalogs(database)
  await publishFile(catalogs, catalog, () => undefined)
  const sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  const echoes = openEchoes(sandbox)

  function openGateway(stripe: Stripe) {
    const ledger = createLedger(database, catalogs)
    const customers = createCustomers(database, stripe, catalogs)
    const recorder = createFactRecorder(database, ledger, log)
    const publicUrl = () => 'http://127.0.0.1:4000'
    const pushed = createPushedPrices(stripe, log)
    const advancer = new PurchaseAdvancer({ database, stripe, customers, recorder, catalogs, pushed, publicUrl, log })
    const subscriptions = new Subscriptions({ database, ledger, stripe, customers, catalogs, log })
    const others = createOtherPayments(stripe, ledger, log)
    const scope = { includes: async () => true }
    const bills = new BillStates({ database, stripe, ledger, log })
    const reversed = new ReversedInvoices({ database, stripe, customers, ledger })
    const teams = createTeamReader(database, catalogs)
    const costs = new InvoiceCosts({ database, stripe, teams })
    const following = { others, subscriptions, bills, reversed, costs, scope }
    const events = new StripeEvents({ database, ledger, stripe, customers, recorder, ...following, log })
    const paid = new PaidInvoices(database.pool, stripe, customers)
    const refunds = new Refunds({ database, stripe, teams, recorder, invoices: paid, reversed, log })
    return { stripe, ledger, customers, recorder, advancer, events, others, refunds }
  }
  const living = openGateway(echoes.living)
  const livingElsewhere = openGateway(echoes.living)
  const gateways = [openGateway(echoes.echoing), openGateway(echoes.echoing)] as const
  const { ledger } = gateways[0]

  async function submit(team: TeamId, command: Command) {
    const { outcome } = await ledger.submit({ teamId: team, key: null, fingerprint: '', command })
    return outcome
  }
  const use = (team: TeamId, seconds: number) =>
    submit(team, {
      kind: 'charge-usage',
      usage: [{ rate: 'video.luma-ray-3', quantity: BigInt(seconds) * MICRO, count: 1 }],
      reference: null,
      memberId: null,
      caller: { id: null, role: 'PLATFORM' },
    })

  /** A team whose first purchase has begun, and nobody was asked for money. */
  async function begin(team: TeamId, { cause, card, choice = starter, ...story }: Story): Promise<Begun> {
    const currency = story.currency ?? null
    const caller = { id: null, role: 'ADMIN' } as const
    await submit(team, { kind: 'open-team' })
    if (cause === 'RECHARGE') {
      const terms = {
        threshold: 3_000n * MICRO,
        packageId: 'packageId' in choice ? choice.packageId : null,
        monthlyCap: null,
        targetBalance: 'credits' in choice ? choice.credits : null,
        maxPerDay: null,
        currency,
      }
      await submit(team, { kind: 'configure-recharge', enabled: true, ...terms, caller })
      await use(team, 1)
    } else {
      const pay = card === null ? 'CHECKOUT' : 'AUTO'
      const addresses = { successUrl: null, cancelUrl: null }
      const terms = { ...choice, currency, pay, ...addresses, memberId: null, caller } as const
      const outcome = await submit(team, { kind: 'begin-purchase', ...terms })
      if (outcome.kind === 'purchase') return { ...outcome.purchase, teamId: team }
    }
    const begun = await readPurchase(database.pool, team, id)
    if (begun === null) throw new Error(`No purchase of ${team} has begun`)
    return begun
  }

  type Gateway = ReturnType<typeof openGateway>
  const gateway = (number: number): Gateway => gateways[number % 2 === 0 ? 0 : 1]

  async function refund({ refunds }: Gateway, team: TeamId, cents: number): Promise<void> {
    const amount = fromMinorUnits(cents, 'EUR')
    const request = { teamId: team, key: 'operator', fingerprint: 'ab', purchaseId: id, amount, reason: 'by mistake' }
    await refunds.refund(request, act)
  }

  return {
    database,
    sandbox,
    gateways,
    living,
    livingElsewhere,
    begin,
    use,
    purchaseOf: (team: TeamId) => readPurchase(database.pool, team, id),
    advance: (number: number, team: TeamId) => gateway(number).advancer.advance({ teamId: team, id }),

    /** The operator gives so much back; before the payment is known, that is refused. */
    refund: (number: number, team: TeamId, cents: number) => refund(gateway(number), team, cents),

    /** Ends all payments of a purchase but the one that paid it. */
    async endOthers(number: number, team: TeamId): Promise<void> {
      const purchase = await readPurchase(database.pool, team, id)
      if (purchase !== null) await gateway(number).others.end(purchase)
    },

    async live(story: Story): Promise<Lived> {
      const team = teamId(`story ${story.name} ${crypto.randomUUID()}`)
      const stripe = echoes.living
      const begun = await begin(team, story)
      const { id: customer } = await living.customers.ofTeam(team)
      if (catalog.tax !== null) await stripe.customers.update(customer, { address: { country: 'DE' } })
      if (story.card !== null) {
        const { id: method } = await stripe.paymentMethods.attach(story.card, { customer })
        await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } })
      }
      const before = new Set<string>()
      for await (const event of stripe.events.list({ limit: 100 })) before.add(event.id)
      const again = () => living.advancer.advance({ teamId: team, id })
      const purchase = await again()
      await story.happens({
        sandbox,
        stripe,
        purchase,
        again,
        refundAsOperator: (amount) => refund(living, team, amount),
        refundSecond: async (intent) => living.others.refund(await again(), intent),
      })
      const events: Stripe.Event[] = []
      for await (const event of stripe.events.list({ limit: 100 })) if (!before.has(event.id)) events.push(event)
      const told = events.reverse().filter(({ type }) => handledTypes.some((handled) => handled === type))
      return { story, team, tag: tagOf(begun), customer, events: story.retold?.(told) ?? told }
    },

    /** Another purchase of which the same story may be told. */
    async echo({ story, team: original, tag, customer }: Lived): Promise<Echo> {
      const team = teamId(`echo ${crypto.randomUUID()}`)
      const begun = await begin(team, story)
      const echo = echoes.add({ original: { team: original, tag }, team, tag: tagOf(begun) })
      const text = 'insert into customer (team_id, id, created_at) values ($1, $2, ledger_now())'
      await database.pool.query({ name: 'echoed-customer', text, values: [team, `${customer}x${echo.number}x`] })
      return echo
    },

    tell: (number: number, echo: Echo, event: Stripe.Event) =>
      gateway(number).events.handle(echoes.eventOf(echo, event)),

    /** How a team stands, in words that are the same for every echo of a story. */
    async end({ team: name, number }: Pick<Echo, 'team' | 'number'>) {
      const team = teamId(name)
      const { pool } = database
      const plain = (text: string | null) => text?.replaceAll(`x${number}x`, '') ?? null
      const purchase = await readPurchase(pool, team, id)
      const { rows } = await pool.query<Ending>({ name: 'ending', text: ending, values: [team] })
      const [found] = rows
      if (purchase === null || found === undefined) throw new Error(`${team} has no purchase`)
      const { account, episode, grants, postings, duplicates, spent } = found
      const { state, outcome, intent, session, checkoutUrl, actionUrl, declineCode, failure, reversals } = purchase
      const { paidBy, warning, taxed, discount } = purchase
      return {
        purchase: {
          state,
          outcome,
          checkoutUrl,
          actionUrl,
          declineCode,
          failure,
          paidBy: plain(paidBy),
          warning: plain(warning),
          taxed,
          discount,
          intent: plain(intent),
          session: plain(session),
          isPosted: purchase.posted === purchase.facts,
          reversals: reversals.map((one) => ({ ...one, id: plain(one.id) })),
        },
        account,
        duplicates,
        episode,
        spent: BigInt(spent),
        grants: grants.map((grant) => ({ ...grant, source: plain(grant.source) })),
        postings: postings.map(({ type, change, reference }) => `${type} ${change} ${plain(reference)}`),
      }
    },

    async close() {
      await sandbox.close()
      for (const one of [living, livingElsewhere, ...gateways]) {
        await one.recorder.idle()
        await one.ledger.idle()
      }
      await catalogs.close()
      await database.close()
      await own.drop()
    },
  }
}

/** The amounts of a grant. */
export type Standing = Readonly<Record<'granted' | 'spent' | 'clawed_back', string>>

/** Amounts are texts: a number of JSON would lose digits. */
type Ending = {
  readonly account: Readonly<Record<'available' | 'held' | 'owed', string>> & {
    readonly spent: string | null
    readonly purchases: number
  }
  readonly episode: object
  readonly grants: readonly (Standing & { readonly source: string | null })[]
  readonly postings: readonly { readonly type: string; readonly change: string; readonly reference: string | null }[]
  readonly duplicates: number
  readonly spent: string
}

const ending = `
  select
    (select to_json(x) from (
      select available::text, held::text, owed::text, purchases, recharge ->> 'spent' as spent
      from account where team_id = $1) x) as account,
    (select to_json(x) from (
      select recharge ->> 'state' as state, recharge ->> 'failures' as failures,
        recharge ->> 'lastFailure' as last_failure, recharge ->> 'actionUrl' as action_url,
        recharge ->> 'retryAt' is not null as retries
      from account where team_id = $1) x) as episode,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'place' order by x.place), '[]') from (
      select id as place, kind, source, granted::text, available::text, spent::text, revoked::text, clawed_back::text, frozen
      from credit_grant where team_id = $1 and kind in ('PACKAGE', 'AUTO_RECHARGE')) x) as grants,
    (select coalesce(json_agg(to_json(x) order by x.place), '[]') from (
      select revision as place, type, change::text, reference from entry
      where team_id = $1 and type in ('GRANT', 'CLAWBACK', 'ADJUSTMENT')) x) as postings,
    (select count(*)::integer from account_notice
      where team_id = $1 and type = 'PAYMENT_DUPLICATE_REFUNDED') as duplicates,
    (select coalesce(sum(-change), 0)::text from entry where team_id = $1 and type = 'CHARGE') as spent`
