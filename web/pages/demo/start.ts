import { demoSession } from '../shell/session.ts'
import { startPage } from '../shell/start.ts'
import { chosenVisitor, DemoPage } from './demo-page.ts'
import { visitors } from './visitor-bar.ts'

const [, visitor] = visitors[chosenVisitor()]

await startPage({
  visitor,
  signsInByItself: true,
  show: (session) => {
    const page = new DemoPage()
    page.session = session
    void demoSession(visitor).then((demo) => {
      page.demo = demo
    })
    return page
  },
})
