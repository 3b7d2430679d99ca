import '../../elements/pill.ts'
import { signInToDemo } from '../session.ts'

const session = await signInToDemo('ana', 'admin')
const app = document.querySelector('#app')
if (session !== null) {
  const pill = document.createElement('credits-pill')
  pill.setAttribute('endpoint', location.origin)
  pill.setAttribute('token', session.token)
  app?.append(pill)
}
