export const gateway = process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'

/** Sends an operation with the team's API key: on the server alone. */
export async function send<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.CREDITS_API_KEY}` },
    body: JSON.stringify({ query, variables }),
    cache: 'no-store',
  })
  const { data, errors } = (await response.json()) as { data?: Data; errors?: object[] }
  if (!data) throw new Error(`The gateway refused: ${JSON.stringify(errors)}`)
  return data
}
