import { type LimitPeriod, SetLowBalanceThresholdDocument, SetSpendingLimitDocument } from '../contract.ts'
import { credits } from '../parts/formats.ts'
import { type Act, given, outcomeOf } from './act.ts'

type Team = { readonly id: string; readonly name: string; readonly lowBalanceThreshold: string }
type Limited = {
  readonly memberId?: string
  readonly callerId?: string
  readonly groupId?: string
  readonly per: LimitPeriod
}

const periods: readonly (readonly [LimitPeriod, string])[] = [
  ['DAY', 'Day'],
  ['WEEK', 'Week'],
  ['MONTH', 'Month'],
]

export const setSpendingLimit = ({ id, name }: Pick<Team, 'id' | 'name'>): Act => ({
  title: `Spending limit in ${name}`,
  fields: [
    {
      name: 'whom',
      label: 'For',
      kind: 'choice',
      choices: [
        ['memberId', 'A member, whoever acts for it'],
        ['callerId', 'A caller or an API key, whomever it acts for'],
      ],
    },
    { name: 'subject', label: 'Id', kind: 'text', hint: 'The `sub` of its token, or the prefix of the API key.' },
    { name: 'credits', label: 'Credits', kind: 'credits' },
    { name: 'per', label: 'Per', kind: 'choice', choices: periods, value: 'WEEK' },
  ],
  effect: (values) =>
    `${values.subject || 'It'} may reserve and spend ${credits(values.credits || '0')} credits a ${values.per?.toLowerCase() ?? 'week'}. A limit for the same period is replaced.`,
  confirm: 'Set limit',
  send: async (request, values) => {
    const { setSpendingLimit } = await request(SetSpendingLimitDocument, {
      input: {
        teamId: id,
        credits: given(values, 'credits'),
        per: (given(values, 'per') ?? 'WEEK') as LimitPeriod,
        [values.whom === 'callerId' ? 'callerId' : 'memberId']: values.subject,
      },
    })
    return outcomeOf(
      setSpendingLimit,
      () => `${values.subject} has a limit of ${credits(values.credits ?? '0')} credits`,
    )
  },
})

export const liftSpendingLimit = ({ id }: Pick<Team, 'id'>, limited: Limited): Act => {
  const subject = limited.groupId ?? limited.memberId ?? limited.callerId ?? ''
  return {
    title: `Lift the limit of ${subject}`,
    fields: [],
    effect: () => `${subject} may spend without this limit from now on.`,
    confirm: 'Lift limit',
    isDangerous: true,
    send: async (request) => {
      const { setSpendingLimit } = await request(SetSpendingLimitDocument, {
        input: { teamId: id, ...limited, credits: null },
      })
      return outcomeOf(setSpendingLimit, () => `The limit of ${subject} is lifted`)
    },
  }
}

export const setThreshold = ({ id, name, lowBalanceThreshold }: Team): Act => ({
  title: `Low balance of ${name}`,
  fields: [
    {
      name: 'credits',
      label: 'Low below',
      kind: 'credits',
      optional: true,
      value: lowBalanceThreshold,
      hint: 'In credits. Empty: as the catalog has it.',
    },
  ],
  effect: (values) => {
    const below = given(values, 'credits')
    return `${name} is warned when less than ${below === null ? "the catalog's default" : `${credits(below)} credits`} is available.`
  },
  confirm: 'Set threshold',
  send: async (request, values) => {
    const { setLowBalanceThreshold } = await request(SetLowBalanceThresholdDocument, {
      input: { teamId: id, credits: given(values, 'credits') },
    })
    return outcomeOf(
      setLowBalanceThreshold,
      (team) => `${name} is low below ${credits(team.lowBalanceThreshold)} credits`,
    )
  },
})
