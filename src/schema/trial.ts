import { teamTrial, trialPlan } from '../resolvers/trials.ts'
import { builder } from './builder.ts'
import { TrialEndEnum } from './enums.ts'
import * as refs from './refs.ts'

refs.PlanTrialType.implement({
  description:
    'The credits that a team gets once before the allowances of the plan, which deposit nothing until the trial ends.',
  fields: (t) => ({
    credits: t.expose('credits', { type: 'Credits', description: 'The credits that it gives, once.' }),
    days: t.exposeInt('days', { description: 'For how many days of 24 hours, 1 to 366.' }),
  }),
})

refs.TrialType.implement({
  description:
    'A team has one trial at most, of whichever plan. It ends after its days or once its credits are used up; the team is then on the default plan, if no subscription pays.',
  fields: (t) => ({
    plan: t.field({
      type: refs.PlanType,
      nullable: true,
      description: 'The plan that was tried; null: the catalog has it no more.',
      resolve: trialPlan,
    }),
    credits: t.expose('credits', {
      type: 'Credits',
      description:
        'The credits that it gave; 0: the team was imported on the plan, and counts as having had its trial.',
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      description: 'When it ends at the latest, and when what is left of its credits expires.',
    }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'Null: it is running.' }),
    endReason: t.expose('end', {
      type: TrialEndEnum,
      nullable: true,
      description: 'Why it ended; null: it is running.',
    }),
  }),
})

builder.objectField(refs.TeamType, 'trial', (t) =>
  t.field({
    type: refs.TrialType,
    nullable: true,
    description: 'The trial of the team, running or ended; null: it never had one.',
    resolve: teamTrial,
  }),
)

builder.objectField(refs.PlanType, 'trial', (t) =>
  t.expose('trial', {
    type: refs.PlanTrialType,
    nullable: true,
    description: 'The trial, which comes first for a team that never had one; null: the allowances begin at once.',
  }),
)
