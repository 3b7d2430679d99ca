import { teamBeside } from '../resolvers/balances.ts'
import * as contracts from '../resolvers/contracts.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { CadenceEnum, RolloverRuleEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

const ContractState = builder.enumType('ContractState', { values: contracts.contractStates })
refs.ContractType.implement({
  description: 'Credits that were agreed upon with sales: a single or a recurring deposit.',
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: teamBeside }),
    reference: t.id({
      description: "The contract's name, unique in the team.",
      resolve: ({ contract }) => contract.reference ?? '',
    }),
    credits: t.field({
      type: 'Credits',
      description: 'The credits that each period deposits.',
      resolve: ({ contract }) => contract.credits,
    }),
    every: t.field({
      type: CadenceEnum,
      nullable: true,
      description: 'The length of a period; null: a single deposit.',
      resolve: ({ contract: { cadence } }) => (cadence === 'ONCE' ? null : cadence),
    }),
    state: t.field({ type: ContractState, resolve: contracts.contractState }),
    startsAt: t.field({
      type: 'DateTime',
      description: "The instant from which periods are counted, in the catalog's time zone.",
      resolve: ({ contract }) => contract.anchor,
    }),
    endsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The contract makes no deposits from this instant on. Null: it has no end.',
      resolve: ({ contract }) => contract.endsAt,
    }),
    rollover: t.field({ type: RolloverRuleEnum, resolve: ({ contract }) => contracts.rolloverRule(contract.rollover) }),
    rolloverUpTo: t.field({
      type: 'Credits',
      nullable: true,
      resolve: ({ contract }) => contracts.rolloverCap(contract.rollover),
    }),
    creditLine: t.field({
      type: 'Credits',
      nullable: true,
      description: 'How much the team may owe for work beyond its balance while the contract runs; null: nothing.',
      resolve: ({ contract }) => contract.creditLine,
    }),
    nextGrantAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The instant of the next deposit; null: none comes.',
      resolve: contracts.nextContractGrant,
    }),
  }),
})

const CreateContractInput = builder.inputType('CreateContractInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    reference: t.string({ required: true, description: '1 to 100 characters, unique in the team: `ACME-42`.' }),
    credits: t.field({
      type: 'Credits',
      required: true,
      description: 'The credits that each period deposits, above 0.',
    }),
    every: t.field({ type: CadenceEnum, description: 'Absent: once.' }),
    startsAt: t.field({
      type: 'DateTime',
      description:
        'The start of the first period. Absent: now. If it is in the past, the running period is deposited at once.',
    }),
    endsAt: t.field({
      type: 'DateTime',
      description: 'Absent: the contract has no end, and a single grant never expires.',
    }),
    rollover: t.field({ type: RolloverRuleEnum, defaultValue: 'NONE', required: true }),
    rolloverUpTo: t.field({
      type: 'Credits',
      description: 'The most that is carried over. Required with CAPPED, and only with it.',
    }),
    creditLine: t.field({
      type: 'Credits',
      description:
        'How much the team may owe for work beyond its balance while the contract runs, above 0. Absent: nothing. The catalog must name its price.',
    }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const EndContractInput = builder.inputType('EndContractInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    reference: t.string({ required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const CreateContractResult = resultUnion('CreateContractResult')

const EndContractResult = resultUnion('EndContractResult')

builder.mutationFields((t) => ({
  createContract: t.field({
    type: CreateContractResult,
    description:
      'PLATFORM: a one-off or recurring grant of any amount, agreed upon with sales. Deposits that are due already land at once, and later ones at their own instants.',
    args: { input: t.arg({ type: CreateContractInput, required: true }) },
    complexity: commandCost,
    resolve: contracts.createContract,
  }),
  endContract: t.field({
    type: EndContractResult,
    description:
      'PLATFORM: ends a contract, which makes no more deposits. Earlier deposits stay to their own end. A repetition is harmless.',
    args: { input: t.arg({ type: EndContractInput, required: true }) },
    complexity: commandCost,
    resolve: contracts.endContract,
  }),
}))
