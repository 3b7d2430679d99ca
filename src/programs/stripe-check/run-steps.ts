import { isDeepStrictEqual } from 'node:util'
import { Stripe } from 'stripe'
import type { Check } from './check.ts'
import { NotChecked, type Step } from './step.ts'

export type Verdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'differs'; readonly expected: string; readonly came: string }
  | { readonly kind: 'not-checked'; readonly reason: string }

/** Runs the steps in their order, prints a line for each and a summary, and removes what they made. False: one differs. */
export async function runSteps(steps: readonly Step[], check: Check, print: (line: string) => void): Promise<boolean> {
  const count = { ok: 0, differs: 0, 'not-checked': 0 }
  try {
    for (const step of steps) {
      const verdict = await verdictOn(step, check)
      count[verdict.kind] += 1
      print(lineOf(step, verdict))
    }
  } finally {
    for (const one of await check.cleanUp()) print(`left behind: ${one}`)
  }
  print(`${count.ok} ok, ${count.differs} differ, ${count['not-checked']} can't be checked`)
  return count.differs === 0
}

async function verdictOn(step: Step, check: Check): Promise<Verdict> {
  if ('cannot' in step) return { kind: 'not-checked', reason: step.cannot }
  try {
    const { expected, came } = await step.run(check)
    if (isDeepStrictEqual(came, expected)) return { kind: 'ok' }
    return { kind: 'differs', expected: JSON.stringify(expected), came: JSON.stringify(came) }
  } catch (error) {
    return withoutAnswer(error)
  }
}

/** An error that no step expects. Others than those of Stripe and of the step itself are defects. */
function withoutAnswer(error: unknown): Verdict {
  if (error instanceof NotChecked) return { kind: 'not-checked', reason: error.message }
  const refused = error instanceof Stripe.errors.StripeError ? error : causeOf(error)
  if (refused === null) throw error
  if (refused.statusCode === 403) return { kind: 'not-checked', reason: `the key may not: ${refused.message}` }
  if (refused.statusCode === undefined) return { kind: 'not-checked', reason: `no answer: ${refused.message}` }
  if (refused.statusCode === 404 && refused.message.startsWith('Unrecognized request URL'))
    return { kind: 'not-checked', reason: `there is no such endpoint: ${refused.message.split('.')[0]}` }
  const came = `${refused.statusCode} ${refused.code ?? refused.type}: ${refused.message}`
  return { kind: 'differs', expected: 'an answer', came }
}

/** The code of this project wraps what it can't tell apart from an outage. */
function causeOf(error: unknown): InstanceType<typeof Stripe.errors.StripeError> | null {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Stripe.errors.StripeError ? cause : null
}

function lineOf({ name, fact }: Step, verdict: Verdict): string {
  switch (verdict.kind) {
    case 'ok':
      return `ok: ${name}`
    case 'not-checked':
      return `can't be checked: ${name}: ${verdict.reason}`
    case 'differs':
      return `differs: ${name}: expected ${verdict.expected}, got ${verdict.came} (${fact})`
  }
}
