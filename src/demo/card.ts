import type { TeamId } from '../domain/identity.ts'
import { type SaveTestCard, testCards } from '../payments/test-cards.ts'
import { json } from '../server/json.ts'
import type { Route } from '../server/route.ts'

/** `POST /demo/card?kind=declines` saves a test card for the demo team, as its default method. For the stand-in for Stripe alone. */
export function demoCard(save: SaveTestCard, team: TeamId): Route {
  return async (request, response) => {
    if (request.method !== 'POST') return json(response, 405, { message: 'Send a POST' })
    const kind = new URL(request.url ?? '/', 'http://gateway').searchParams.get('kind') ?? ''
    const card = testCards.find((one) => one.toLowerCase() === kind)
    if (card === undefined) {
      return json(response, 400, { message: `\`kind\` is one of ${testCards.join(', ').toLowerCase()}` })
    }
    await save(team, card)
    json(response, 200, { kind })
  }
}
