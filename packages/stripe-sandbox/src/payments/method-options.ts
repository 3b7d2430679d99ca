import { oneOf, parameters } from '../api/parameters.ts'

/** How a card is to be charged. With `any` or `challenge` a customer who is there must authenticate, if the card is enrolled. */
export const methodOptions = parameters({
  card: parameters({
    request_three_d_secure: oneOf(['automatic', 'any', 'challenge']).optional(),
    stored_credential_usage: oneOf(['recurring', 'unscheduled']).optional(),
  }).optional(),
})

export type MethodOptions = ReturnType<typeof methodOptions.parse>

export const asksAlways = (asked: string | null | undefined): boolean => asked === 'any' || asked === 'challenge'
