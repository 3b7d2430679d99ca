import { signToken } from '../../src/access/tokens.ts'
import type { Ground } from '../bench-ledger.ts'
import { nextMessage, startProcess, stopProcess } from '../processes.ts'
import type { Ask, BackgroundLoop, Change, Charges, Memory } from './asks.ts'

const secret = 'a secret for benchmarks alone with 32 bytes and more'

/** A server of pills in a process of its own. */
export type LiveServer = AsyncDisposable & {
  readonly url: string
  memory(): Promise<Memory>
  /** The processor time so far, in milliseconds. */
  processor(): Promise<number>
  rounds(team: string, seconds: number): Promise<BackgroundLoop>
  charges(team: string, seconds: number): Promise<Charges>
  changes(teams: readonly string[], seconds: number): Promise<readonly Change[]>
}

export const startGateway = (ground: Ground) => start('gateway-process.ts', [], ground)
/** The setup that graphql-yoga and graphql-ws document, with the gateway's schema and services. */
export const startStock = (ground: Ground) => start('stock-process.ts', [], ground)
/** Sends `text` to all its sockets. */
export const startBare = (ground: Ground, text: string) => start('bare-process.ts', [text], ground)

async function start(file: string, args: readonly string[], { url, dataDir }: Ground): Promise<LiveServer> {
  const env = { DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0', AUTH_SECRET: secret, LOG_LEVEL: 'warn' }
  const { child, first } = await startProcess<{ url: string }>(`live/${file}`, args, env)
  const ask = <Answer>(message: Ask): Promise<Answer> => {
    const answer = nextMessage<Answer>(child)
    child.send(message)
    return answer
  }
  return {
    url: first.url,
    memory: () => ask({ ask: 'memory' }),
    processor: () => ask({ ask: 'processor' }),
    rounds: (team, seconds) => ask({ ask: 'rounds', team, seconds }),
    charges: (team, seconds) => ask({ ask: 'charges', team, seconds }),
    changes: (teams, seconds) => ask({ ask: 'changes', teams, seconds }),
    [Symbol.asyncDispose]: () => stopProcess(child),
  }
}

/** One token for each team's member: each pill belongs to a member of its own. */
export const tokensFor = (teams: readonly string[]): Promise<string[]> =>
  Promise.all(teams.map((team, index) => signToken(secret, { member: `member-${index}`, team, role: 'member' }, 3600)))
