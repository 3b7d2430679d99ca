import { send } from '../../credits'

const mutation =
  'mutation ($memberId: ID, $origin: String) { createPillToken(memberId: $memberId, origin: $origin) { token } }'

export async function POST(): Promise<Response> {
  // Your own session says who is signed in.
  const variables = { memberId: 'ana', origin: process.env.SITE_ORIGIN ?? 'http://127.0.0.1:3000' }
  const { createPillToken } = await send<{ createPillToken: { token: string } }>(mutation, variables)
  return Response.json(createPillToken)
}
