import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './database/open.ts'
import { createLog, logOfSpace } from './log.ts'
import { Deliverer } from './partners/deliver.ts'
import { MeasuredPost } from './partners/measured-post.ts'
import { createPost } from './partners/post.ts'
import { reportSender } from './partners/report-sender.ts'
import { Sender } from './partners/sender.ts'
import { createSecretBox } from './partners/signing-keys.ts'
import { encodeId } from './resolvers/request/ids.ts'
import { startSigningThread } from './signing-thread.ts'
import { answersIn, type FromGateway, type SenderData } from './webhook-thread.ts'

/** The thread of the sender: `webhook-thread.ts` starts it. */
/** One connection reads, one records, and the others are for failures. */
const poolSize = 4
const queryTimeoutMs = 30_000
/** Where the processor is short, charging comes first. */
const niceness = 10

if (parentPort === null) throw new Error('This is a thread of the gateway: start the gateway instead')
const port = parentPort

try {
  // On Linux, of this thread alone.
  if (process.platform === 'linux') setPriority(0, niceness)
} catch {
  // A sandbox may forbid it.
}

const { space, url, logLevel, secret, previousSecret, allowPrivate }: SenderData = workerData
const log = logOfSpace(createLog({ logLevel }), space)
const applicationName = 'credits-gateway webhooks'
const database = await openDatabase({ url, poolSize, queryTimeoutMs, log, applicationName })
const signing = startSigningThread()
const post = new MeasuredPost(createPost({ allowPrivate }))
const { calls, answered } = answersIn((message) => port.postMessage(message))
const sender = new Sender({
  pool: database.pool,
  log,
  deliverer: new Deliverer(post, createSecretBox(secret, previousSecret), signing.sign),
  eventId: (teamId, { revision, number }) => encodeId('Event', `${revision}.${number}`, teamId),
  ...calls,
})

const reported = reportSender(sender, post, (report) => port.postMessage({ kind: 'report', report }))

async function stop(): Promise<void> {
  const stopped = sender.stop()
  // The attempts that are under way end at once, and count for nothing.
  post.close()
  await stopped
  reported()
  await signing.stop()
  await database.close()
  port.close()
}

port.on('message', (message: FromGateway) => {
  if (message.kind === 'hints') for (const teamId of message.teams) sender.hint(teamId)
  else if (message.kind === 'refresh') sender.refresh()
  else if (message.kind === 'answer') answered(message)
  else stop().catch((error) => log.warn({ err: error }, 'The sender of webhooks did not end as it should'))
})
