/** Faults that their message explains: a stack would only hide it. */
const explained = new Set([
  'ConfigError',
  'CatalogError',
  'DataDirError',
  'EmbeddedPostgresError',
  'DatabaseUnavailable',
  'DatabaseTooNew',
  'MigrationFailed',
  'CannotListen',
  'CannotStart',
  'NothingToVerify',
])

/** What a program that ends by this error tells the person who ran it. */
export function explanationOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return explained.has(error.name) ? error.message : (error.stack ?? error.message)
}
