import { startPage } from '../shell/start.ts'

await startPage({
  visitor: { member: 'ana', role: 'admin' },
  signsInByItself: false,
  show: ({ viewer }) => document.createTextNode(`Billing of ${viewer.team?.name}`),
})
