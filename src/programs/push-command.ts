import { parseArgs } from 'node:util'
import { loadCatalog } from '../catalog/load.ts'
import { modeOf } from '../payments/event-scope.ts'
import { previewPush, pushCatalog } from '../payments/push-catalog.ts'
import { changeInWords } from '../payments/push-words.ts'
import { createStripe } from '../payments/stripe.ts'

/** There is no key of a Stripe account; the message says what to set. */
export class NoStripeKey extends Error {
  override readonly name = 'NoStripeKey'
}

const usage = 'npm run -s catalog -- push [FILE] [--dry-run]'

/**
 * `npm run catalog -- push [FILE] [--dry-run]`: makes the Products and Prices at Stripe what the catalog sells, and prints
 * each change. FILE absent: the file that CATALOG names, as for the gateway. With `--dry-run` nothing changes. False, with
 * the usage: the arguments are others.
 *
 * @throws {CatalogError} {NoStripeKey} {PushFailed}
 */
export async function pushCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const given = argumentsOf(args)
  if (given === null) {
    console.error(usage)
    return false
  }
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl, CATALOG = 'catalogs/wevion.yaml' } = env
  const file = given.file ?? CATALOG
  const catalog = loadCatalog(file)
  if (!secretKey) {
    throw new NoStripeKey(
      'STRIPE_SECRET_KEY is missing: set it to the key of the Stripe account that gets the products and prices, as for the gateway',
    )
  }
  const stripe = createStripe({ secretKey, apiUrl })
  console.log(`${file}, version ${catalog.version}, to Stripe in ${modeOf(secretKey) ?? 'its'} mode`)
  if (given.isDryRun) {
    const changes = await previewPush(stripe, catalog)
    for (const change of changes) console.log(changeInWords(change))
    console.log(`${changes.length} changes; none was made`)
    return true
  }
  const made = await pushCatalog(stripe, catalog, (change) => console.log(changeInWords(change)))
  console.log(made === 0 ? 'Nothing changes at Stripe' : `${made} changes made`)
  return true
}

/** Null: they are none of this command's. */
function argumentsOf(args: readonly string[]): { readonly file?: string; readonly isDryRun: boolean } | null {
  const options = { 'dry-run': { type: 'boolean', default: false } } as const
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [file, ...others] = positionals
    return others.length > 0 ? null : { file, isDryRun: values['dry-run'] }
  } catch {
    return null
  }
}
