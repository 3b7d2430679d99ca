/** Faults that their message explains: a stack would only hide it. */
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
])

/** What a program that ends by this error tells the person who ran it. */
function explanationOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return explained.has(error.name) ? error.message : (error.stack ?? error.message)
}

/**
 * Runs a program: it fails where `main` says false, or by an error, which the person who ran it is told. An output that
 * nobody reads any more ends nothing.
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
