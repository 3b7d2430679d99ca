/** Faults whose message explains them: a stack trace would hide the message. */
const explained = new Set([
  'ConfigError',
  'CatalogError',
  'TrustedDocumentsError',
  'DataDirError',
  'EmbeddedPostgresError',
  'DatabaseUnavailable',
  'DatabaseUnsuitable',
  'DatabaseTooNew',
  'MigrationFailed',
  'CannotListen',
  'CannotStart',
  'NothingThere',
  'CannotExport',
  'NoTestKey',
  'NoStripeKey',
  'PushFailed',
  'UnreadableLine',
  'ImportStopped',
])

/** The text that a program prints when it ends with this error. */
function explanationOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return explained.has(error.name) ? error.message : (error.stack ?? error.message)
}

/**
 * Runs a program. The program fails if `main` returns false, or throws; then the error is printed. A closed output
 * stream does not end the program.
 */
export async function runProgram(main: () => boolean | Promise<boolean>): Promise<void> {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
  try {
    process.exitCode = (await main()) ? 0 : 1
  } catch (error) {
    process.stderr.write(`${explanationOf(error)}\n`)
    process.exitCode = 1
  }
}
