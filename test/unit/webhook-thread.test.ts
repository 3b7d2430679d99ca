import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import pino from 'pino'
import { expect, it } from 'vitest'
import { startSenderThread } from '../../src/webhook-thread.ts'

it('a thread that has failed does not keep its gateway from stopping', async () => {
  const { promise: failed, resolve } = Promise.withResolvers<string>()
  const log = pino({ level: 'error' }, { write: (line) => resolve(JSON.parse(line).msg) })
  const unused = () => Promise.reject(new Error('Not used'))
  const secret = 'a secret of tests, long enough to be one'
  // The thread can not make its log, and ends.
  const logLevel = 'no level' as 'silent'
  const data = {
    space: 'PRODUCTION' as const,
    url: '',
    logLevel,
    secret,
    previousSecret: undefined,
    allowPrivate: false,
  }
  const made = once(process, 'worker') as Promise<[Worker]>
  const thread = startSenderThread(data, log, { select: unused, disable: unused })
  const [worker] = await made
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  worker.once('exit', () => end())
  await ended
  expect(await failed).toMatch('starting it again')
  await thread.stop()
})
