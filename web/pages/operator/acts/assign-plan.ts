import { AssignPlanDocument, type Cadence } from '../contract.ts'
import { counted } from '../parts/formats.ts'
import { type Act, type Field, given, instantOf, outcomeOf, type Values } from './act.ts'

type Plan = { readonly code: string; readonly name: string }
type Team = { readonly id: string; readonly name: string; readonly seats: number; readonly plan: Plan | null }

const fieldsOf = (plans: readonly Plan[], current: string | undefined, seats: number): readonly Field[] => [
  {
    name: 'planId',
    label: 'Plan',
    kind: 'choice',
    choices: plans.map(({ code, name }) => [code, name]),
    value: current,
  },
  { name: 'seats', label: 'Seats', kind: 'count', value: `${seats}` },
  {
    name: 'interval',
    label: 'Paid',
    kind: 'choice',
    hint: 'It decides which allowances are deposited. Choose it anew each time.',
    choices: [
      ['', 'At any interval'],
      ['MONTH', 'Each month'],
      ['YEAR', 'Each year'],
    ],
  },
  {
    name: 'anchor',
    label: 'Periods begin',
    kind: 'instant',
    optional: true,
    hint: 'Empty: running periods go on, and new ones begin now.',
  },
]

const termsOf = (values: Values, plans: readonly Plan[]) => {
  const plan = plans.find(({ code }) => code === values.planId)?.name ?? 'the plan'
  return `${plan} with ${counted(Number(values.seats) || 1, 'seat')}`
}

type Assigned = { readonly id: string; readonly name?: string }

const send =
  (assigned: (values: Values) => Assigned): Act['send'] =>
  async (request, values, key) => {
    const { id, name } = assigned(values)
    const { assignPlan } = await request(AssignPlanDocument, {
      input: {
        teamId: id,
        teamName: name,
        planId: values.planId ?? '',
        seats: Number(values.seats),
        idempotencyKey: key,
        interval: given(values, 'interval') as Cadence | null,
        anchor: instantOf(values, 'anchor'),
      },
    })
    return outcomeOf(assignPlan, (team) => `${team.name} is on ${team.plan?.name} with ${counted(team.seats, 'seat')}`)
  }

/** Changes what a team pays for. */
export const assignPlan = (team: Team, plans: readonly Plan[]): Act => ({
  title: `Plan and seats of ${team.name}`,
  fields: fieldsOf(plans, team.plan?.code, team.seats),
  effect: (values) =>
    `${team.name} is on ${termsOf(values, plans)} from now on. Allowances change as the catalog says for changes within a period.`,
  confirm: 'Change plan',
  send: send(() => ({ id: team.id })),
})

/** A team begins with its first plan. */
export const beginTeam = (plans: readonly Plan[]): Act => ({
  title: 'New team',
  fields: [
    { name: 'teamId', label: 'Id', kind: 'text', hint: 'The one in the tokens of its members. It never changes.' },
    { name: 'teamName', label: 'Name', kind: 'text', optional: true },
    ...fieldsOf(plans, plans[0]?.code, 1),
  ],
  effect: (values) =>
    `The team ${values.teamName || values.teamId || ''} begins on ${termsOf(values, plans)}. Where it exists already, its plan changes. A team cannot be removed.`,
  confirm: 'Begin team',
  send: send((values) => ({ id: values.teamId ?? '', name: given(values, 'teamName') ?? undefined })),
})
