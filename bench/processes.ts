import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A process of this folder, until it has sent its first message. */
export async function startProcess<Message>(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; first: Message }> {
  const child = fork(new URL(file, import.meta.url), args, {
    env: { ...process.env, ...env },
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const first = await nextMessage<Message>(child)
  return { child, first }
}

export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const ended = new AbortController()
  try {
    const died = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`The process ended with ${code} before it said anything`)
    })
    const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), died])
    return message as Message
  } finally {
    ended.abort()
  }
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}
