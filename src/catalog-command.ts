import { customerChanges } from './catalog/diff.ts'
import { loadCatalog } from './catalog/load.ts'
import { rateCardText } from './catalog/rate-card-text.ts'
import { runProgram } from './program.ts'

const usage = `npm run -s catalog -- check FILE     whether the gateway would take it, and its rate card
npm run -s catalog -- diff OLD NEW   what changes for customers`

/** What was asked for of catalog files, as text; undefined where nothing that can be. */
function answer([command, one, other, ...more]: readonly string[]): string | undefined {
  if (one === undefined || more.length > 0) return undefined
  if (command === 'check' && other === undefined) return rateCardText(loadCatalog(one))
  if (command !== 'diff' || other === undefined) return undefined
  const changes = customerChanges(loadCatalog(one), loadCatalog(other))
  return changes.length === 0 ? 'Nothing changes for customers' : changes.join('\n')
}

await runProgram(() => {
  const text = answer(process.argv.slice(2))
  if (text === undefined) console.error(usage)
  else console.log(text)
  return text !== undefined
})
