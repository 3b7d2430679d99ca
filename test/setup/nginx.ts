import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import { makeFolder } from './folders.ts'
import { freePort } from './free-port.ts'

const runs = (program: string, flag: string) => spawnSync(program, [flag]).status === 0
export const noNginx = !runs('nginx', '-v') || !runs('openssl', 'version')

/** The name of a suite that needs nginx. If the suite is skipped, the name says why. */
export const withNginx = (name: string): string =>
  noNginx ? `${name} (skipped: no nginx and openssl on this machine; apt-get install nginx-light openssl)` : name

/** The host in the documentation's configuration. */
export const publicHost = 'credits.example.com'

export type Nginx = {
  /** The address with TLS. The certificate is also valid for 127.0.0.1. */
  readonly url: string
  readonly plainUrl: string
  /** Trusted by clients of the test. */
  readonly certificate: string
  stop(): Promise<void>
}

/** nginx with the configuration of docs/deploy.md; only ports and the certificate's path differ. */
export async function startNginx(gatewayUrl: string): Promise<Nginx> {
  const dir = await makeFolder('credits-nginx-')
  const [key, certificate, config] = ['key.pem', 'certificate.pem', 'nginx.conf'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ]
  const names = `subjectAltName=DNS:${publicHost},IP:127.0.0.1`
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const made = spawnSync('openssl', [
    ...request,
    ...['-subj', `/CN=${publicHost}`, '-addext', names, '-keyout', key, '-out', certificate],
  ])
  if (made.status !== 0) throw new Error(`openssl made no certificate:\n${made.stderr}`)
  const [port, plainPort] = [await freePort(), await freePort()]
  const documented = /```nginx\n([\s\S]*?)```/.exec(await readFile('docs/deploy.md', 'utf8'))?.[1] ?? ''
  const text = replaced(documented, {
    'listen 80;': `listen 127.0.0.1:${plainPort};`,
    'listen 443 ': `listen 127.0.0.1:${port} `,
    'server 127.0.0.1:4000;': `server ${new URL(gatewayUrl).host};`,
    '/etc/nginx/credits.example.com.crt': certificate,
    '/etc/nginx/credits.example.com.key': key,
  })
  await writeFile(config, text)
  const own = `daemon off; error_log stderr; pid ${join(dir, 'pid')};`
  const child = spawn('nginx', ['-p', dir, '-c', config, '-g', own], { stdio: ['ignore', 'ignore', 'pipe'] })
  let written = ''
  child.stderr.on('data', (chunk) => {
    written += chunk
  })
  const ended = once(child, 'exit')
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${written}`)
    await delay(20)
  }
  return {
    url: `https://127.0.0.1:${port}`,
    plainUrl: `http://127.0.0.1:${plainPort}`,
    certificate: await readFile(certificate, 'utf8'),
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function replaced(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((before, [old, own]) => {
    if (before.split(old).length !== 2) throw new Error(`docs/deploy.md has not one '${old}' in its configuration`)
    return before.replace(old, own)
  }, text)
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
