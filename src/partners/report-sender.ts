import type { MeasuredPost, SenderReport } from './measured-post.ts'
import type { Sender } from './sender.ts'

const reportEveryMs = 1_000

/** Reports what a sender does, each second until it is stopped, and once at the end. */
export function reportSender(
  sender: Pick<Sender, 'oldestAt'>,
  post: Pick<MeasuredPost, 'take'>,
  report: (report: SenderReport) => void,
): () => void {
  const tell = () => report({ ...post.take(), oldestAt: sender.oldestAt })
  const timer = setInterval(tell, reportEveryMs)
  timer.unref()
  return () => {
    clearInterval(timer)
    report({ ...post.take(), oldestAt: null })
  }
}
