import { type Verdict, verifyLedger } from '../ledger/verify/verify-ledger.ts'
import { onExistingLedger } from './existing-ledger.ts'
import { runProgram } from './run-program.ts'

/** `npm run verify-ledger`: a line for each invariant; exits with 1 where one is broken, or there is no ledger. */
async function main(): Promise<boolean> {
  const verdicts = await onExistingLedger('verify-ledger', verifyLedger)
  for (const verdict of verdicts) console.log(lineOf(verdict))
  return verdicts.every(({ violations }) => violations === 0)
}

function lineOf({ name, says, violations, examples }: Verdict): string {
  if (violations === 0) return `ok      ${name}: ${says}`
  const rows = examples.map((example) => `\n          ${JSON.stringify(example)}`).join('')
  return `BROKEN  ${name}: ${says}\n        ${violations} violations, such as:${rows}`
}

await runProgram(main)
