import { customerChanges } from './diff.ts'
import { loadCatalog } from './load.ts'
import { rateCardText } from './rate-card-text.ts'

const usage = `npm run -s catalog -- check FILE                whether the gateway would take it, and its rate card
npm run -s catalog -- diff OLD NEW              what changes for customers
npm run -s catalog -- push [FILE] [--dry-run]   makes Stripe's products and prices what it sells`

/** Prints what the arguments request of catalog files. Returns false, and prints the usage, if they request nothing known. */
export function catalogCommand(args: readonly string[]): boolean {
  const text = answer(args)
  if (text === undefined) console.error(usage)
  else console.log(text)
  return text !== undefined
}

function answer([command, one, other, ...more]: readonly string[]): string | undefined {
  if (one === undefined || more.length > 0) return undefined
  if (command === 'check' && other === undefined) return rateCardText(loadCatalog(one))
  if (command !== 'diff' || other === undefined) return undefined
  const changes = customerChanges(loadCatalog(one), loadCatalog(other))
  return changes.length === 0 ? 'Nothing changes for customers' : changes.join('\n')
}
