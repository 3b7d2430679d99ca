import fc from 'fast-check'
import { afterEach } from 'vitest'
import { seed } from './random.ts'

fc.configureGlobal({ seed })

afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(`Repeat this run with TEST_SEED=${seed}`)
})
