import { z } from 'zod'
import { lastingKinds } from '../domain/account.ts'
import { ONE } from '../domain/decimal.ts'
import { grantKinds } from '../domain/grant.ts'
import { cadences } from '../domain/period.ts'
import {
  credits,
  currency,
  flag,
  id,
  illustrative,
  money,
  oneOf,
  percent,
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
  .default('calendar')
  .describe(
    'when periods begin: calendar (Monday 00:00, the first of the month, 1 January), a weekday for a week, a day from 1 to 31 for a month, or subscription (the day the plan began)',
  )

const rollover = z
  .union([z.enum(['none', 'full']), z.strictObject({ upTo: credits('the most that is carried over') })])
  .default('none')
  .describe('what is left when a period ends: none of it, full, or { upTo: credits } goes into the next one')

const allowance = z
  .strictObject({
    id: id('the id of the allowance, its own in the plan; another plan with the same id goes on with its periods'),
    credits: credits('what one period deposits'),
    every: oneOf('how often it deposits', cadences),
    perSeat: flag('whether each seat adds as much'),
    anchor,
    interval: oneOf('deposits only for subscriptions paid at this interval', ['MONTH', 'YEAR']).optional(),
    rollover,
    illustrative,
  })
  .describe('an allowance: id, credits, every, and optionally perSeat, anchor, interval, rollover, illustrative')

const addOn = z
  .strictObject({
    credits: credits('what one unit adds each cycle'),
    price: money('what one unit costs each cycle'),
    illustrative,
  })
  .describe('an add-on: credits and price')

const plan = z
  .strictObject({
    id: id('the id of the plan'),
    name: text('the name of the plan'),
    topUp: z.boolean().describe('whether packages can be bought on this plan: true or false'),
    contact: text('whom to ask for more credits').optional(),
    allowances: z.array(allowance).default([]).describe('a list of allowances; empty: the plan deposits nothing'),
    addOn: addOn.optional(),
  })
  .describe('a plan: id, name, topUp, allowances, and optionally contact, addOn')

const creditPackage = z
  .strictObject({
    id: id('the id of the package'),
    name: text('the name of the package'),
    credits: credits('what the package holds'),
    price: money('what the package costs'),
    illustrative,
  })
  .describe('a package: id, name, credits, price, and optionally illustrative')

const rate = z
  .strictObject({
    id: id('the id of the rate'),
    name: text('the name of the rate'),
    credits: credits('the price for `per` units').optional(),
    money: money('the price for `per` units').optional(),
    free: z.literal(true).optional().describe('true, or no such key'),
    auto: z
      .array(id('the id of a rate'))
      .min(1)
      .optional()
      .describe('the ids of the rates that the platform chooses from'),
    per: quantity('how many units the price is for').default(ONE),
    unit: oneOf('what is counted', ['USE', 'IMAGE', 'SECOND', 'TOKEN', 'CHARACTER', 'GB_DAY', 'MINUTE']),
    roundsUp: flag('whether each started `per` counts whole'),
    settlement: oneOf('how it is paid', ['CREDITS', 'METERED']).default('CREDITS'),
    requires: z
      .array(oneOf('a requirement', ['PLAN', 'TOP_UPS_ENABLED']))
      .default([])
      .describe('a list of PLAN, TOP_UPS_ENABLED'),
    plans: z.array(id('the id of a plan')).default([]).describe('the ids of the plans that satisfy PLAN'),
    maxCount: whole('the most that one request may ask for, in all its lines of the rate', 1, 1000).optional(),
    charge: oneOf(
      'when a hold is charged: at-success (when it is settled) or at-start (when it is placed; given back if it fails)',
      ['at-success', 'at-start'],
    ).default('at-success'),
    role: oneOf('the least role that spends on it', ['MEMBER', 'ADMIN']).default('MEMBER'),
    illustrative,
  })
  .describe('a rate: id, name, unit, one of credits, money, free, auto, and optionally more')

const category = z
  .strictObject({
    id: id('the id of the category'),
    name: text('the name of the category'),
    rates: z.array(rate).min(1).describe('a list of at least one rate'),
  })
  .describe('a category: id, name, rates')

const burnPriority = z
  .strictObject({
    ...Object.fromEntries(
      grantKinds.map((kind) => [kind, whole(`the priority of ${kind} grants`, 0, 1000).optional()]),
    ),
  })
  .default({})
  .describe('a whole number for each kind of grant; the lower burns first')

const lasting = (kind: string) => oneOf(`how long ${kind} credits last`, ['never', 'cycle'])

const expiry = z
  .strictObject({ ...Object.fromEntries(lastingKinds.map((kind) => [kind, lasting(kind).optional()])) })
  .default({})
  .describe(
    'for PACKAGE, AUTO_RECHARGE and ADD_ON: never (they do not expire) or cycle (they end with the running cycle)',
  )

const typicalMessage = z
  .union([
    credits('what a typical message costs'),
    z.array(z.strictObject({ rate: id('the id of a rate'), quantity: quantity('how much of it') })).min(1),
  ])
  .describe('what a typical message uses: a list of rate and quantity, or the credits it costs')

const lowThreshold = z
  .union([
    credits('below this, a balance is low'),
    z.strictObject({ percentOfMonthlyUsage: percent("a share of the last 30 days' usage") }),
  ])
  .describe("below this a balance is low: credits above 0, or { percentOfMonthlyUsage } of the last 30 days' usage")

const notices = z
  .strictObject({
    exhausted: text('the notice at zero; {date} is the day of the next grant'),
    exhaustedNoGrant: text('the notice at zero where no grant will come'),
    low: text('the notice below the threshold; {balance} is what is left'),
    insufficient: text('the title of a refusal for lack of credits'),
    creditsAdded: text('the toast after credits were added'),
  })
  .describe('the notices: exhausted, exhaustedNoGrant, low, insufficient, creditsAdded')

/** What a catalog file says, before its parts are checked against each other. Keys that are not named here are faults. */
export const catalogContent = z
  .strictObject({
    name: text('the name of the product'),
    currency,
    timeZone,
    creditsPerCurrencyUnit: credits('what one unit of the currency buys').optional(),
    typicalMessage: typicalMessage.optional(),
    lowThreshold,
    rounding: z
      .strictObject({
        to: credits('what each line is rounded to'),
        mode: oneOf('how each line is rounded', ['up', 'down', 'half-even', 'half-up']),
      })
      .describe('the rounding: to, mode'),
    burnPriority,
    expiry,
    planChanges: oneOf(
      'when another plan or number of seats takes effect: next-deposit, or at-once for the rest of the period in proportion',
      ['next-deposit', 'at-once'],
    ).default('next-deposit'),
    storageAtZero: oneOf("what happens to a day's storage that the balance does not cover: stop (not charged) or owe", [
      'stop',
      'owe',
    ]).default('stop'),
    notices,
    defaultPlan: id('the id of the plan on which a new team begins').optional(),
    plans: z.array(plan).describe('a list of plans'),
    packages: z.array(creditPackage).describe('a list of packages'),
    categories: z.array(category).min(1).describe('a list of at least one category'),
  })
  .describe('a mapping: name, currency, timeZone, plans, packages, categories and the other keys of a catalog')

export type CatalogContent = z.infer<typeof catalogContent>
export type PlanContent = CatalogContent['plans'][number]
export type RateContent = CatalogContent['categories'][number]['rates'][number]
