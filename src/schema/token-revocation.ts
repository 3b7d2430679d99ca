import { revokeTokens } from '../resolvers/token-revocations.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { RevokedTokensType } from './refs.ts'
import { resultUnion } from './result-union.ts'

RevokedTokensType.implement({
  fields: (t) => ({
    issuedBefore: t.expose('issuedBefore', {
      type: 'DateTime',
      description:
        'No token made before this instant is taken, nor one that does not say when (`iat`): a whole second, and at most one away. The answer comes when it is over, so that a token made upon it is taken.',
    }),
  }),
})

const RevokeTokensInput = builder.inputType('RevokeTokensInput', {
  fields: (t) => ({
    teamId: t.id({ description: "For PLATFORM callers. Absent: the caller's own team, for PLATFORM its own kind." }),
    memberId: t.id({ description: 'Absent: of all members of the team.' }),
  }),
})

const RevokeTokensResult = resultUnion('RevokeTokensResult')

builder.mutationField('revokeTokens', (t) =>
  t.field({
    type: RevokeTokensResult,
    description:
      'ADMIN (own team) or PLATFORM: takes no token of a member any more that was made so far, and ends at once what it feeds: sockets are closed with 4403, event streams end with UNAUTHENTICATED. Also how a changed role takes effect: change it where tokens are made, then revoke. API keys are not touched.',
    args: { input: t.arg({ type: RevokeTokensInput, required: true }) },
    complexity: commandCost,
    resolve: revokeTokens,
  }),
)
