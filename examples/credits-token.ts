const gateway = process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'

/** A token for the pill of one member, which works in pages of `origin` alone. CREDITS_API_KEY is an API key of the team. */
export async function createPillToken(memberId: string, origin: string): Promise<string> {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.CREDITS_API_KEY}` },
    body: JSON.stringify({
      query:
        'mutation ($memberId: ID, $origin: String) { createPillToken(memberId: $memberId, origin: $origin) { token } }',
      variables: { memberId, origin },
    }),
  })
  const { data, errors } = (await response.json()) as {
    data?: { createPillToken: { token: string } }
    errors?: object[]
  }
  if (!data) throw new Error(`The gateway made no token: ${JSON.stringify(errors)}`)
  return data.createPillToken.token
}
