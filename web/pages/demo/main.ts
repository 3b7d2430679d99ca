import { startPage } from '../shell/start.ts'

await startPage({
  visitor: { member: 'ana', role: 'admin' },
  signsInByItself: true,
  show: ({ viewer }) => document.createTextNode(`Signed in as ${viewer.name}`),
})
