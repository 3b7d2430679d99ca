import { CreditsClientError } from '../../client/index.ts'

/** The outcome of a mutation, for people. `path`: the place in the input that was refused; empty where it is none. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false
      readonly code: string
      readonly message: string
      readonly link: string | null
      readonly path: readonly string[]
    }

type Answer = { readonly __typename: string }
type Refused = {
  readonly message: string
  readonly code: string
  readonly setupUrl?: string
  readonly actionUrl?: string
  readonly path?: readonly string[]
}

/** Sends a mutation. `success`: the type of the result that is no refusal. Nothing is thrown. */
export async function outcomeOf<Result extends Answer, Name extends Result['__typename']>(
  success: Name,
  send: () => Promise<Result>,
): Promise<Outcome<Extract<Result, { readonly __typename: Name }>>> {
  try {
    const result = await send()
    if (result.__typename === success) return { ok: true, value: result as never }
    const { code, message, setupUrl, actionUrl, path = [] } = result as unknown as Refused
    return { ok: false, code, message, link: setupUrl ?? actionUrl ?? null, path }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return {
      ok: false,
      code: thrown instanceof CreditsClientError ? thrown.code : 'FAILED',
      message,
      link: null,
      path: [],
    }
  }
}
