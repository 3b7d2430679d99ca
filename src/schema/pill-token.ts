import type { NewPillToken } from '../access/open-access.ts'
import { createPillToken, usualPillTokenSeconds } from '../resolvers/pill-tokens.ts'
import { builder } from './builder.ts'
import { pillTokenCost } from './costs.ts'

const PillToken = builder.objectRef<NewPillToken>('PillToken').implement({
  description: 'A token for a browser.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'It is told once.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'It ends earlier with what made it: an API key or a token that is revoked or expires.',
    }),
  }),
})

builder.mutationField('createPillToken', (t) =>
  t.field({
    type: PillToken,
    description:
      "PLATFORM, ADMIN (own team) or an API key of the team that may read: a token for a browser, at most 3,600 seconds long. It reads the team's name, balance, alerts, packages and plan, with `mayBuy` also purchases of its own and what buying needs; nothing else. With `origin` it is refused elsewhere, also where a request has none.",
    args: {
      teamId: t.arg.id(),
      memberId: t.arg.id({
        description:
          "Whose purchases, limits of requests and revocations count: a member's `sub` or `id`. Absent: the caller.",
      }),
      expiresInSeconds: t.arg.int({
        defaultValue: usualPillTokenSeconds,
        description: '1 to 3,600. The token ends earlier where the credential that makes it does.',
      }),
      origin: t.arg.string({ description: 'As browsers send it: `https://app.example`.' }),
      mayBuy: t.arg.boolean({ defaultValue: false, description: 'For callers that may buy themselves.' }),
    },
    complexity: pillTokenCost,
    resolve: createPillToken,
  }),
)
