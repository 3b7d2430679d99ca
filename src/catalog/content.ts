import { z } from 'zod'
import { lastingKinds } from '../domain/account.ts'
import { grantKinds } from '../domain/grant.ts'
import { cadences } from '../domain/period.ts'
import { paymentMethods } from '../domain/purchase.ts'
import { requirements, spendingRoles, units } from '../domain/rate-card.ts'
import { customTopUp } from './custom-top-up.ts'
import {
  choiceOf,
  credits,
  currency,
  flag,
  id,
  illustrative,
  lines,
  oneOf,
  percent,
  prices,
  quantity,
  text,
  timeZone,
  whole,
} from './fields.ts'

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

const anchor = z
  .union([
    z.enum(['calendar', 'subscription']),
    z.enum(weekdays).transform((day) => ({ weekday: weekdays.indexOf(day) + 1 })),
    whole('the day of the month', 1, 31).transform((dayOfMonth) => ({ dayOfMonth })),
  ])
  .prefault('calendar')
  .describe(
    'when periods begin: calendar (Monday 00:00, the first of the month, 1 January), a weekday such as friday for a WEEK, a day from 1 to 31 for a MONTH, or subscription (the moment the plan began)',
  )

const rollover = z
  .union([z.enum(['none', 'full']), z.strictObject({ upTo: credits('the most that is carried over') })])
  .prefault('none')
  .describe('what of the rest goes into the next period: none, full (all of it), or { upTo: credits }')

const allowance = z
  .strictObject({
    id: id('its name in the plan; a team that changes to a plan with the same goes on with its periods'),
    credits: credits('what one period deposits'),
    every: oneOf('how often it deposits', cadences),
    perSeat: flag('whether each seat adds as much'),
    anchor,
    interval: oneOf('deposits only for subscriptions that are paid at this interval', ['MONTH', 'YEAR']).optional(),
    rollover,
    illustrative,
  })
  .describe('an allowance: id, credits, every, and optionally perSeat, anchor, interval, rollover, illustrative')

const addOn = z
  .strictObject({
    credits: credits('what one unit adds each cycle'),
    price: prices('what one unit costs each cycle'),
    illustrative,
  })
  .describe('the recurring unit that can be added to the plan: credits, price, and optionally illustrative')

const trial = z
  .strictObject({
    credits: credits('what the trial gives, once'),
    days: whole('for how many days of 24 hours', 1, 366),
  })
  .describe(
    'what a team gets once before the allowances, which deposit nothing until the days are over or the credits are used up: credits, days',
  )

const plan = z
  .strictObject({
    id: id('the id of the plan'),
    name: text('the name of the plan'),
    topUp: z.boolean().describe('whether packages can be bought on this plan: true or false'),
    contact: text('whom to ask for more credits, where topUp is false').optional(),
    allowances: z
      .array(allowance)
      .default([])
      .describe('what the plan deposits, again and again: a list of allowances; empty: nothing'),
    addOn: addOn.optional(),
    creditLine: credits('how much a team may owe for work beyond its balance; creditLine has its price').optional(),
    // A default would change the version of every catalog without this key.
    trial: trial.optional(),
  })
  .describe('a plan: id, name, topUp, allowances, and optionally contact, addOn, creditLine, trial')

const creditPackage = z
  .strictObject({
    id: id('the id of the package'),
    name: text('the name of the package'),
    credits: credits('what the package holds'),
    price: prices('what the package costs'),
    illustrative,
  })
  .describe('a package: id, name, credits, price, and optionally illustrative')

const rate = z
  .strictObject({
    id: id('the id of the rate'),
    name: text('the name of the rate'),
    credits: credits('the price for `per` units').optional(),
    money: prices('the price for `per` units').optional(),
    free: z.literal(true).optional().describe('that it costs nothing: true, or no such key'),
    auto: z
      .array(id('the id of a rate'))
      .min(1)
      .optional()
      .describe('what the platform chooses from, reserving the dearest: a list of ids of rates'),
    per: quantity('how many units the price is for').prefault('1'),
    unit: oneOf('what is counted', units),
    roundsUp: flag('whether each started `per` counts whole'),
    settlement: choiceOf('how it is paid', {
      CREDITS: 'from the balance',
      METERED: 'recorded in money and billed apart',
    }).default('CREDITS'),
    requires: z
      .array(oneOf('a requirement', requirements))
      .default([])
      .describe(`what a team needs to spend on it: a list of ${requirements.join(', ')}`),
    plans: z.array(id('the id of a plan')).default([]).describe('the plans that satisfy PLAN: a list of ids of plans'),
    maxCount: whole('the most that one request may ask for, in all its lines of the rate', 1, 1000).optional(),
    charge: choiceOf('when a hold on it is charged', {
      'at-success': 'when it is settled',
      'at-start': 'when it is placed, and given back if the work fails',
    }).default('at-success'),
    role: oneOf('the least role that spends on it', spendingRoles).default('MEMBER'),
    illustrative,
  })
  .describe('a rate: id, name, unit, one of credits, money, free, auto, and optionally more')

const category = z
  .strictObject({
    id: id('the id of the category'),
    name: text('the name of the category'),
    rates: z.array(rate).min(1).describe('what its work costs: a list of at least one rate'),
  })
  .describe('a category: id, name, rates')

const each = <K extends string, F>(kinds: readonly K[], field: (kind: K) => F): Record<K, F> =>
  Object.fromEntries(kinds.map((kind) => [kind, field(kind)])) as Record<K, F>

/**
 * Unless the catalog says otherwise, allowances burn first, and all other kinds burn alike after them. Source: facts
 * G1, W1.
 */
const burnPriority = z
  .strictObject(
    each(grantKinds, (kind) =>
      whole(`the priority of ${kind} grants`, 0, 1000).prefault(kind === 'INCLUDED' ? '0' : '100'),
    ),
  )
  .prefault({})
  .describe('which grants are used up first: a whole number for each kind of grant, the lower first')

/** Bought credits never expire and add-ons end with the cycle, unless the catalog says otherwise. Source: facts W2, D4. */
const expiry = z
  .strictObject(
    each(lastingKinds, (kind) =>
      choiceOf(`how long ${kind} credits last that come without a date`, {
        never: 'they do not expire',
        cycle: 'to the end of the running cycle',
      }).default(kind === 'ADD_ON' ? 'cycle' : 'never'),
    ),
  )
  .prefault({})
  .describe('how long credits last that come without a date: never or cycle for PACKAGE, AUTO_RECHARGE, ADD_ON')

const typicalMessage = z
  .union([
    credits('what a typical message costs'),
    z.array(z.strictObject({ rate: id('the id of a rate'), quantity: quantity('how much of it') })).min(1),
  ])
  .describe('what a typical chat message uses: a list of rate and quantity, or the credits it costs')

const lowThreshold = z
  .union([
    credits('below this, a balance is low'),
    z.strictObject({ percentOfMonthlyUsage: percent("the percentage of the last 30 days' usage") }),
  ])
  .describe('below what a balance is low: credits above 0, or { percentOfMonthlyUsage: 25 }')

const notices = z
  .strictObject({
    exhausted: text('the notice at zero; {date} is the day of the next grant'),
    exhaustedNoGrant: text('the notice at zero where no grant will come'),
    low: text('the notice below the threshold; {balance} is what is left'),
    runningOut: text('the notice before a live session is cut off; {runway} is how long the credits last').default(
      'At this rate your credits last {runway} — top up to keep the session running',
    ),
    // A default would change the version of every catalog without these keys.
    belowLevel: text('the notice below an alert level; {balance} is what is left, {level} is the level').optional(),
    email: lines('the text of an e-mail about the balance; {team} is the team, {notice} is the notice').optional(),
    insufficient: text('the title of a refusal for lack of credits'),
    creditsAdded: text('the toast after credits were added'),
  })
  .describe(
    'the wording of the notices: exhausted, exhaustedNoGrant, low, runningOut, belowLevel, email, insufficient, creditsAdded',
  )

/**
 * The content of a catalog file, before its parts are checked against each other. Keys that are not named here are
 * faults.
 */
export const catalogContent = z
  .strictObject({
    name: text('the name of the product'),
    currency: currency('the currency of all money here'),
    // A default would change the version of every catalog without this key.
    otherCurrencies: z
      .array(currency('a currency'))
      .min(1)
      .max(20)
      .describe('the currencies that prices are in beside it, for teams that pay in them: a list of 1 to 20 codes')
      .optional(),
    timeZone,
    creditsPerCurrencyUnit: credits('what one unit of the currency buys, for rates in money').optional(),
    typicalMessage: typicalMessage.optional(),
    lowThreshold,
    rounding: z
      .strictObject({
        to: credits('the step to which each line of a charge is rounded'),
        mode: oneOf('how each line is rounded', ['up', 'down', 'half-even', 'half-up']),
      })
      .describe('how charges are rounded: to, mode'),
    burnPriority,
    expiry,
    planChanges: choiceOf('when another plan or number of seats changes what is deposited', {
      'next-deposit': 'from the next deposit on',
      'at-once': 'for the rest of the running period too, in proportion',
    }).default('next-deposit'),
    renewals: choiceOf('when a period that a subscription renews is deposited', {
      'when-paid': 'once its invoice is paid, which takes Stripe about an hour',
      'when-due': 'as it begins; a payment that then fails stops the next one',
    }).default('when-paid'),
    purchaseLimits: z
      .strictObject({
        perDay: whole('the most purchases of a team in 24 hours', 1, 1000).optional(),
        moneyPerDay: prices('the most money for which a team buys in 24 hours').optional(),
        declinesPerHour: whole('the most declined purchases of a team in an hour', 1, 1000).optional(),
        setupPagesPerHour: whole(
          'the most pages for saving a payment method that a team opens in an hour',
          1,
          50,
        ).optional(),
      })
      .describe(
        'what a team may buy by itself in 24 hours, and try in an hour, auto-recharge aside: perDay (20 if not given), moneyPerDay (ten times the dearest purchase if not given), declinesPerHour (10 if not given), setupPagesPerHour (10 if not given)',
      )
      .optional(),
    fraud: z
      .strictObject({
        threeDSecure: choiceOf('whether the bank is to ask the customer of a new team who pays by card (3D Secure)', {
          any: 'wherever the card can',
          challenge: 'wherever the card can, with a question to answer',
          automatic: 'where Stripe or the bank wants it, as for other teams',
        }).optional(),
        newTeamDays: whole('the days for which a team is new after its first paid purchase', 0, 365).optional(),
        refundWarnedBelow: prices('a purchase below this price is refunded when the bank warns of fraud').optional(),
        newTeamCredits: z
          .strictObject({
            percentAtOnce: whole('the percentage of its credits that can be spent at once', 1, 99),
            restAfterHours: whole('the hours after which the rest can be spent, too', 1, 720),
          })
          .describe('when the credits that a new team buys can be spent: percentAtOnce, restAfterHours')
          .optional(),
      })
      .describe(
        'what is done against stolen cards: threeDSecure (any if not given), newTeamDays (1 if not given), refundWarnedBelow (nothing is refunded by itself if not given), newTeamCredits (at once if not given)',
      )
      .optional(),
    meteredBills: z
      .strictObject({
        graceDays: whole('the days after its due date from which an unpaid bill is overdue', 0, 365).optional(),
      })
      .describe('how bills for METERED rates are collected: graceDays (14 if not given)')
      .optional(),
    creditLine: z
      .strictObject({ perCredit: prices('what a credit costs that is still owed at the end of the month') })
      .describe('work beyond the balance, for plans and contracts that have a credit line: perCredit')
      .optional(),
    paymentMethods: z
      .array(oneOf('a way to pay', paymentMethods))
      .min(1)
      .describe("how teams pay, by Stripe's names: a list; card and link if not given")
      .optional(),
    tax: z
      .strictObject({
        behavior: choiceOf('whether prices include tax', {
          exclusive: 'it is added to them',
          inclusive: 'it is part of them',
        }),
        code: z
          .string()
          .regex(/^txcd_\d{8}$/)
          .describe("Stripe's tax code of what is sold: txcd_ and 8 digits, such as txcd_10103001"),
      })
      .describe('that Stripe computes taxes: behavior, code; none are computed if not given')
      .optional(),
    // A default would change the version of every catalog without this key.
    promotionCodes: z.boolean().describe('whether Checkout takes promotion codes: true or false').optional(),
    storageAtZero: choiceOf("what happens to a day's storage that the balance does not cover", {
      stop: 'it is not charged',
      owe: 'the team owes it',
    }).default('stop'),
    notices,
    // A default would change the version of every catalog without this key.
    public: z.boolean().describe('whether anyone may read plans, packages and rate card: true or false').optional(),
    defaultPlan: id('the plan on which a new team begins').optional(),
    plans: z.array(plan).describe('what teams subscribe to: a list of plans'),
    packages: z.array(creditPackage).describe('what is sold once: a list of packages'),
    customTopUp: customTopUp.optional(),
    categories: z.array(category).min(1).describe('the rate card: a list of at least one category'),
  })
  .describe('a catalog: a mapping of name, currency, timeZone, plans, packages, categories and the other keys')

export type CatalogContent = z.infer<typeof catalogContent>
export type PlanContent = CatalogContent['plans'][number]
export type RateContent = CatalogContent['categories'][number]['rates'][number]
