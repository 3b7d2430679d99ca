import { formatDecimal } from '../domain/amounts/decimal.ts'
import { burnViews } from '../resolvers/charges.ts'
import {
  estimate,
  estimateBlockers,
  estimateFitted,
  estimateLines,
  estimateRecharges,
  quoteExpiresAt,
  quoteId,
} from '../resolvers/estimates.ts'
import { builder } from './builder.ts'
import { costOfEstimate } from './costs.ts'
import { BlockerCodeEnum, GrantKindEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'
import { FitInput, UsageInput } from './usage-input.ts'

refs.EstimateType.implement({
  fields: (t) => ({
    fitted: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The quantity that `fit` came to, as `Hold.fitted`; null without it.',
      resolve: (view) => {
        const fitted = estimateFitted(view)
        return fitted === null ? null : formatDecimal(fitted)
      },
    }),
    lines: t.field({ type: [refs.PriceLineType], resolve: estimateLines }),
    total: t.field({ type: 'Credits', resolve: ({ priced }) => priced.total }),
    low: t.field({
      type: 'Credits',
      description: 'Least and most it can cost; they differ for a rate that lets the platform choose the engine.',
      resolve: ({ priced }) => priced.low,
    }),
    high: t.field({ type: 'Credits', resolve: ({ priced }) => priced.high }),
    metered: t.field({ type: refs.MoneyType, nullable: true, resolve: ({ priced }) => priced.metered }),
    available: t.field({ type: 'Credits', resolve: ({ estimate }) => estimate.available }),
    balanceAfter: t.field({
      type: 'Credits',
      description: 'Negative where it would not suffice.',
      resolve: ({ estimate }) => estimate.balanceAfter,
    }),
    sufficient: t.boolean({ resolve: ({ estimate }) => estimate.sufficient }),
    blockers: t.field({
      type: [refs.BlockerType],
      description: 'Why it would be refused now; empty where it would be accepted.',
      resolve: estimateBlockers,
    }),
    burn: t.field({
      type: [refs.BurnStepType],
      description: 'What would be drawn from which grant, in order.',
      resolve: ({ estimate, team }) => burnViews(estimate.burn, team.account.teamId),
    }),
    wouldTriggerRecharge: t.boolean({ resolve: estimateRecharges }),
    quoteId: t.id({
      description:
        'Holding with this id before `quoteExpiresAt` costs at most `high`, whatever the rate card says by then.',
      resolve: quoteId,
    }),
    quoteExpiresAt: t.field({ type: 'DateTime', resolve: quoteExpiresAt }),
  }),
})

refs.PriceLineType.implement({
  fields: (t) => ({
    rate: t.exposeID('rate'),
    name: t.exposeString('name'),
    quantity: t.field({ type: 'Decimal', resolve: ({ quantity }) => formatDecimal(quantity) }),
    count: t.exposeInt('count'),
    credits: t.expose('credits', { type: 'Credits' }),
    money: t.expose('money', { type: refs.MoneyType, nullable: true }),
    tags: t.field({ type: [refs.TagType], resolve: ({ tags }) => tags ?? [] }),
  }),
})

refs.TagType.implement({
  fields: (t) => ({
    key: t.exposeString('key'),
    value: t.exposeString('value'),
  }),
})

refs.BurnStepType.implement({
  fields: (t) => ({
    grantId: t.exposeID('grantId'),
    kind: t.expose('kind', { type: GrantKindEnum }),
    amount: t.expose('amount', { type: 'Credits' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
  }),
})

refs.BlockerType.implement({
  fields: (t) => ({
    code: t.expose('code', { type: BlockerCodeEnum }),
    message: t.exposeString('message'),
  }),
})

const EstimateResult = resultUnion('EstimateResult')

builder.queryField('estimate', (t) =>
  t.field({
    type: EstimateResult,
    description: 'Price the usage without doing anything. Needs no lock and writes nothing.',
    args: {
      usage: t.arg({ type: [UsageInput], required: true }),
      fit: t.arg({
        type: FitInput,
        description:
          'The last line has no quantity of its own then. Where the balance does not pay `atLeast`, `fitted` is null, and the prices are those of `atLeast`.',
      }),
      teamId: t.arg.id(),
    },
    complexity: costOfEstimate,
    resolve: estimate,
  }),
)
