import { z } from 'zod'
import { ONE } from '../domain/decimal.ts'
import { grantKinds } from '../domain/grant.ts'
import { cadences } from '../domain/period.ts'
import { credits, currency, flag, id, illustrative, money, oneOf, quantity, text, timeZone, whole } from './fields.ts'

const allowance = z
  .strictObject({
    id: id('the id of the allowance, one a cadence, kept across plan changes'),
    credits: credits('what one period deposits'),
    every: oneOf('how often it deposits', cadences),
    perSeat: flag('whether each seat adds as much'),
    anchor: oneOf(
      'when periods begin: calendar (Monday 00:00, the first of the month, 1 January) or subscription (the day the plan began)',
      ['calendar', 'subscription'],
    ).default('calendar'),
    illustrative,
  })
  .describe('an allowance: id, credits, every, and optionally perSeat, anchor, illustrative')

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
    typicalMessage: credits('what a typical message costs').optional(),
    lowThreshold: credits('below this, a balance is low'),
    rounding: z
      .strictObject({
        to: credits('what each line is rounded to'),
        mode: oneOf('how each line is rounded', ['up', 'down', 'half-even', 'half-up']),
      })
      .describe('the rounding: to, mode'),
    burnPriority,
    notices,
    plans: z.array(plan).describe('a list of plans'),
    packages: z.array(creditPackage).describe('a list of packages'),
    categories: z.array(category).min(1).describe('a list of at least one category'),
  })
  .describe('a mapping: name, currency, timeZone, plans, packages, categories and the other keys of a catalog')

export type CatalogContent = z.infer<typeof catalogContent>
export type RateContent = CatalogContent['categories'][number]['rates'][number]
