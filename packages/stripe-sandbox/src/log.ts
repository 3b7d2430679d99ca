/** Is told what went wrong inside the sandbox. */
export type Log = (error: unknown) => void

export const logToStderr: Log = (error) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : error}\n`)
}
