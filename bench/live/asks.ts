/** A request from the clients' process to a process of this folder; each is answered with one message. */
export type Ask =
  | { readonly ask: 'memory' | 'processor' }
  /** One change of the team after another, one at least; 256 charges in flight. */
  | { readonly ask: 'rounds' | 'charges'; readonly team: string; readonly seconds: number }
  /** A change every 10 ms, each of a random team. */
  | { readonly ask: 'changes'; readonly teams: readonly string[]; readonly seconds: number }

/** Bytes after a garbage collection: of the process; of the heap and its external memory. */
export type Memory = { readonly rss: number; readonly heap: number }
/** `revision`: that of the last round. */
export type BackgroundLoop = { readonly rounds: number; readonly revision: number }
export type Charges = { readonly perSecond: number; readonly p99Ms: number }
/** `at`: when its commit was answered (or, without one, when it was about to be sent), on the machine's clock. */
export type Change = { readonly team: string; readonly revision: number; readonly at: number }

export function answerAsks(answer: (ask: Ask) => unknown): void {
  process.on('message', async (ask: Ask) => process.send?.(await answer(ask)))
}
