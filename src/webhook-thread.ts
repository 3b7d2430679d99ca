import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { TeamId } from './domain/identity.ts'
import type { Space } from './domain/space.ts'
import type { SenderReport } from './partners/measured-post.ts'
import type { SenderCalls } from './partners/sender.ts'
import type { RunningSender } from './partners/sender-on-demand.ts'

/** The settings that the thread begins with. */
export type SenderData = {
  readonly space: Space
  readonly url: string
  readonly logLevel: Config['logLevel']
  readonly secret: string
  readonly previousSecret: string | undefined
  readonly allowPrivate: boolean
}

type CallName = keyof SenderCalls
type Call = { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly given: readonly unknown[] }
type Answer = { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: unknown }
export type ToGateway = Call | { readonly kind: 'report'; readonly report: SenderReport }
export type FromGateway =
  | { readonly kind: 'hints'; readonly teams: readonly TeamId[] }
  | { readonly kind: 'refresh' | 'stop' }
  | Answer

/** In the thread: calls that the gateway answers by messages. */
export function answersIn(send: (call: Call) => void): { calls: SenderCalls; answered(answer: Answer): void } {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let calls = 0
  const call = (name: CallName, given: readonly unknown[]): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>()
    calls += 1
    waiting.set(calls, answer)
    send({ kind: 'call', id: calls, name, given })
    return answer.promise
  }
  return {
    calls: {
      select: (...given) => call('select', given) as ReturnType<SenderCalls['select']>,
      disable: (...given) => call('disable', given) as ReturnType<SenderCalls['disable']>,
    },
    answered({ id, value, error }) {
      const answer = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) answer?.resolve(value)
      else answer?.reject(error)
    },
  }
}

/** Hints of this long leave together: more events of a team are then read at once. */
const windowMs = 25
const restartMs = 1_000
const maxStoppingMs = 2_500

/**
 * The sender on a thread of its own, so that neither signatures nor answers of partners delay a charge. A thread that
 * fails is started again; what it had sent and not recorded is sent again.
 */
export function startSenderThread(
  data: SenderData,
  log: Logger,
  calls: SenderCalls,
  report: (report: SenderReport) => void = () => undefined,
): RunningSender {
  let stopping = false
  let isRunning = false
  let worker = start()
  const due = new Set<TeamId>()
  let timer: NodeJS.Timeout | undefined

  function start(): Worker {
    // A worker inherits options of a test runner, which does not concern it.
    const started = new Worker(new URL('./webhook-sender.ts', import.meta.url), { workerData: data, execArgv: [] })
    started.on('message', (message: ToGateway) =>
      message.kind === 'report' ? report(message.report) : answer(started, message),
    )
    started.on('error', (error) =>
      log.error({ err: error }, 'The thread that sends webhooks failed; starting it again'),
    )
    isRunning = true
    started.on('exit', () => {
      isRunning = false
      if (stopping) return
      setTimeout(() => {
        if (!stopping) worker = start()
      }, restartMs).unref()
    })
    started.unref()
    return started
  }

  const send = (message: FromGateway) => worker.postMessage(message)

  function answer(to: Worker, { id, name, given }: Call): void {
    const call = calls[name] as (...given: readonly unknown[]) => Promise<unknown>
    call(...given).then(
      (value) => to.postMessage({ kind: 'answer', id, value: plain(value) }),
      (error) => to.postMessage({ kind: 'answer', id, error: new Error(String(error?.message ?? error)) }),
    )
  }

  return {
    hint(teamId) {
      due.add(teamId)
      timer ??= setTimeout(() => {
        timer = undefined
        send({ kind: 'hints', teams: [...due] })
        due.clear()
      }, windowMs)
    },
    refresh: () => send({ kind: 'refresh' }),
    async stop() {
      stopping = true
      clearTimeout(timer)
      if (!isRunning) return
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      worker.once('exit', () => resolve())
      send({ kind: 'stop' })
      const late = setTimeout(() => void worker.terminate(), maxStoppingMs)
      await ended
      clearTimeout(late)
    },
  }
}

/** Values of GraphQL are objects without a prototype, and instants that print themselves: what is sent is their JSON. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
