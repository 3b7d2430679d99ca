import Stripe from 'stripe'

const answerWithinMs = 20_000

export type Answer = { readonly status: number | null; readonly failure: string | null }

/** Posts the event as Stripe does, signed at the machine's time, and waits up to 20 seconds for the answer's status. */
export async function sendEvent(
  url: string,
  secret: string,
  event: Stripe.EventBase,
  stop: AbortSignal,
): Promise<Answer> {
  const payload = JSON.stringify(event, null, 2)
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret })
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Stripe-Signature': signature,
        'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body: payload,
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(answerWithinMs)]),
    })
    await answer.body?.cancel()
    return { status: answer.status, failure: null }
  } catch (error) {
    return { status: null, failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
