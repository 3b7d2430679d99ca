import { startPage } from '../shell/start.ts'
import { OperatorPage } from './operator-page.ts'

await startPage({
  visitor: { member: 'ops', role: 'platform' },
  signsInByItself: false,
  show: (session) => {
    const page = new OperatorPage()
    page.session = session
    return page
  },
})
