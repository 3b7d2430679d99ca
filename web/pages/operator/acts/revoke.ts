import { RevokeApiKeyDocument, RevokeTokensDocument } from '../contract.ts'
import { instant } from '../parts/formats.ts'
import { type Act, given, outcomeOf } from './act.ts'

type Key = { readonly id: string; readonly name: string; readonly prefix: string }

export const revokeApiKey = ({ id, name, prefix }: Key): Act => ({
  title: `Revoke ${name}`,
  fields: [],
  effect: () => `The API key ${prefix} is refused from now on, and its sockets are closed. It cannot be given back.`,
  confirm: 'Revoke key',
  isDangerous: true,
  send: async (request) => {
    const { revokeApiKey } = await request(RevokeApiKeyDocument, { id })
    return outcomeOf(revokeApiKey, () => `${name} is revoked`)
  },
})

export const revokeTokens = ({ id, name }: { readonly id: string; readonly name: string }): Act => ({
  title: `Revoke tokens of ${name}`,
  fields: [
    {
      name: 'memberId',
      label: 'Member',
      kind: 'text',
      optional: true,
      hint: 'The `sub` of its tokens. Empty: all members of the team.',
    },
  ],
  effect: (values) =>
    `Every token of ${given(values, 'memberId') ?? `all members of ${name}`} that was made so far is refused, and open pages are signed out.`,
  confirm: 'Revoke tokens',
  isDangerous: true,
  send: async (request, values) => {
    const { revokeTokens } = await request(RevokeTokensDocument, {
      input: { teamId: id, memberId: given(values, 'memberId') },
    })
    return outcomeOf(revokeTokens, ({ issuedBefore }) => `Tokens from before ${instant(issuedBefore)} are refused`)
  },
})
