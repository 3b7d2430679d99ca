import { randomBytes } from 'node:crypto'
import { loadCatalog } from '../catalog/load.ts'
import { createStripe } from '../payments/stripe.ts'
import { runProgram } from './run-program.ts'
import { Check } from './stripe-check/check.ts'
import { runSteps } from './stripe-check/run-steps.ts'
import { steps } from './stripe-check/steps.ts'
import { testKey } from './stripe-check/test-key.ts'

const pauseMs = 1_000

/**
 * `npm run stripe-check`: walks through every call and event of this project with the test key in STRIPE_SECRET_KEY, and
 * prints what differs; exits with 1 where something does. STRIPE_API_URL is another place that speaks Stripe's API, CATALOG
 * the catalog whose ways to pay are checked.
 */
async function main(): Promise<boolean> {
  const { STRIPE_SECRET_KEY, STRIPE_API_URL: apiUrl, CATALOG = 'catalogs/wevion.yaml' } = process.env
  const stripe = createStripe({ secretKey: testKey(STRIPE_SECRET_KEY), apiUrl })
  const run = randomBytes(6).toString('hex')
  const check = new Check({ stripe, catalog: loadCatalog(CATALOG), run, pauseMs })
  return runSteps(steps, check, (line) => console.log(line))
}

await runProgram(main)
